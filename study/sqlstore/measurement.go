package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/goal-search/goal-search/study"
)

// insertMeasurements stores measurements of one trial.
func insertMeasurements(ctx context.Context, tx *transaction, studyID int64, trial int, all []study.Measurement) error {
	var rows [][]any
	for _, m := range all {
		row, err := measurementRow(tx, studyID, trial, m)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return insertRows(ctx, tx, "measurements", measurementColumns(tx), rows)
}

// insertReports stores a measurement of each of some trials, measured now.
func insertReports(ctx context.Context, tx *transaction, studyID int64, all []*report) error {
	var rows [][]any
	for _, r := range all {
		m := r.m
		m.At = fromMicros(tx.now)
		row, err := measurementRow(tx, studyID, r.lease.Number, m)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return insertRows(ctx, tx, "measurements", measurementColumns(tx), rows)
}

func measurementColumns(tx *transaction) string {
	return `study_id, trial, attempt, epoch, metrics, elapsed, created_at, ` + strings.Join(tx.valueColumns, ", ")
}

func measurementRow(tx *transaction, studyID int64, trial int, m study.Measurement) ([]any, error) {
	metrics, err := encode(m.Metrics)
	row := []any{studyID, trial, m.Attempt, m.Epoch, metrics, int64(m.Elapsed), m.At.UnixMicro()}
	return append(row, tx.value(m.Value)...), err
}

// compare tells the reports whose measurement is stored already from those that
// are to be added. Where another one is stored for the epoch, the report gets
// ErrConflict.
func compare(ctx context.Context, tx *transaction, studyID int64, all []*report) (known, added []*report, err error) {
	stored, err := readSame(ctx, tx, studyID, all)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range all {
		m, ok := stored[r.lease.Number]
		switch {
		case !ok:
			added = append(added, r)
		case sameMeasured(m, r.m):
			known = append(known, r)
		default:
			r.stop, r.err = "", study.ErrConflict
		}
	}
	return known, added, nil
}

// sameMeasured tells whether what is stored says what was reported.
func sameMeasured(stored, m study.Measurement) bool {
	if !sameBits(stored.Value, m.Value) || stored.Elapsed != m.Elapsed || len(stored.Metrics) != len(m.Metrics) ||
		(stored.Metrics == nil) != (m.Metrics == nil) {
		return false
	}
	for name, v := range m.Metrics {
		if was, ok := stored.Metrics[name]; !ok || !sameBits(was, v) {
			return false
		}
	}
	return true
}

// readSame returns, by trial, the measurements of the reports' attempts and
// epochs that are stored.
func readSame(ctx context.Context, tx *transaction, studyID int64, all []*report) (map[int]study.Measurement, error) {
	one := `study_id = ? AND trial = ? AND attempt = ? AND epoch = ?`
	where := one + strings.Repeat(` OR `+one, len(all)-1)
	var args []any
	for _, r := range all {
		args = append(args, studyID, r.lease.Number, r.lease.Attempt, r.m.Epoch)
	}
	rows, err := tx.QueryContext(ctx, `SELECT trial, `+measuredColumns(tx)+` FROM measurements`+tx.index("PRIMARY")+` WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	stored := make(map[int]study.Measurement)
	for rows.Next() {
		var trial int
		m, err := scanMeasurement(rows, &trial)
		if err != nil {
			return nil, err
		}
		stored[trial] = m
	}
	return stored, rows.Err()
}

// Measurements implements study.Store.
func (s *Store) Measurements(ctx context.Context, studyID int64, number int) (all []study.Measurement, err error) {
	act := fmt.Sprintf("read the measurements of trial %d of study %d", number, studyID)
	err = s.view(ctx, act, func(tx *transaction) error {
		all, err = readMeasurements(ctx, tx, studyID, number)
		if err == nil && len(all) == 0 {
			_, err = readTrial(ctx, tx, studyID, number) // an unknown trial is not one without any
		}
		return err
	})
	return all, err
}

func readMeasurements(ctx context.Context, tx *transaction, studyID int64, number int) ([]study.Measurement, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+measuredColumns(tx)+` FROM measurements
		WHERE study_id = ? AND trial = ? ORDER BY attempt, epoch`, studyID, number)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []study.Measurement
	for rows.Next() {
		m, err := scanMeasurement(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, rows.Err()
}

// measuredColumns are what scanMeasurement reads.
func measuredColumns(tx *transaction) string {
	return `attempt, epoch, ` + tx.readValue + `, metrics, elapsed, created_at`
}

// scanMeasurement reads a measurement, after the columns that stand before it.
func scanMeasurement(rows *sql.Rows, before ...any) (m study.Measurement, err error) {
	var value named
	var metrics string
	var at int64
	if err := rows.Scan(append(before, &m.Attempt, &m.Epoch, &value.value, &value.name, &metrics, &m.Elapsed, &at)...); err != nil {
		return m, err
	}
	m.At = fromMicros(at)
	if m.Value, err = measured(value); err != nil {
		return m, err
	}
	return m, decode(fmt.Sprintf("the metrics of epoch %d", m.Epoch), metrics, &m.Metrics)
}

// measured is a value that must be there.
func measured(n named) (float64, error) {
	v, err := n.number()
	if err != nil {
		return 0, err
	}
	if v == nil {
		return 0, fmt.Errorf("%w: a measurement without a value", study.ErrCorrupt)
	}
	return *v, nil
}
