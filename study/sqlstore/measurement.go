package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goal-search/goal-search/study"
)

// AddMeasurement implements study.Store.
func (s *Store) AddMeasurement(ctx context.Context, l study.Lease, m study.Measurement) error {
	act := onTrial(fmt.Sprintf("store epoch %d of", m.Epoch), l)
	if err := m.Validate(); err != nil {
		return fmt.Errorf("%s: %w", act, err)
	}
	metrics, err := encode(m.Metrics)
	if err != nil {
		return fmt.Errorf("%s: encode its metrics: %w", act, err)
	}
	stop := ""
	err = s.once(ctx, act, wholeStudy(l.StudyID), &stop, func(tx *transaction) error {
		st, err := held(ctx, tx, l)
		if err != nil {
			return err
		}
		if _, err := renew(ctx, tx, l, st.ttl); err != nil {
			return err
		}
		if stop, err = stopReason(ctx, tx, l); err != nil {
			return err
		}
		stored, err := hasMeasurement(ctx, tx, l, m, metrics)
		if err != nil || stored {
			return err
		}
		m.Attempt, m.At = l.Attempt, fromMicros(tx.now)
		if err := insertMeasurements(ctx, tx, l.StudyID, l.Number, []study.Measurement{m}); err != nil {
			return err
		}
		return note(ctx, tx, study.TrialMeasured, l, m.Epoch)
	})
	if err != nil {
		return err
	}
	return stopError(act, stop)
}

// measurementsAtOnce bounds a statement's length.
const measurementsAtOnce = 50

// insertMeasurements stores what is not stored yet.
func insertMeasurements(ctx context.Context, tx *transaction, studyID int64, trial int, all []study.Measurement) error {
	columns := `study_id, trial, attempt, epoch, metrics, elapsed, created_at, ` + strings.Join(tx.valueColumns, ", ")
	for some := range slices.Chunk(all, measurementsAtOnce) {
		var rows []string
		var args []any
		for _, m := range some {
			metrics, err := encode(m.Metrics)
			if err != nil {
				return err
			}
			row := append([]any{studyID, trial, m.Attempt, m.Epoch, metrics, int64(m.Elapsed), m.At.UnixMicro()}, tx.value(m.Value)...)
			rows = append(rows, `(`+placeholders(len(row))+`)`)
			args = append(args, row...)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO measurements (`+columns+`) VALUES `+strings.Join(rows, ", "), args...); err != nil {
			return err
		}
	}
	return nil
}

// hasMeasurement tells whether m is stored already; ErrConflict: another one
// is stored for its epoch.
func hasMeasurement(ctx context.Context, tx *transaction, l study.Lease, m study.Measurement, metrics string) (bool, error) {
	var value named
	var storedMetrics string
	var elapsed int64
	err := tx.QueryRowContext(ctx, `SELECT `+tx.readValue+`, metrics, elapsed FROM measurements
		WHERE study_id = ? AND trial = ? AND attempt = ? AND epoch = ?`, l.StudyID, l.Number, l.Attempt, m.Epoch).
		Scan(&value.value, &value.name, &storedMetrics, &elapsed)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	stored, err := measured(value)
	if err != nil {
		return false, err
	}
	if !sameBits(stored, m.Value) || storedMetrics != metrics || elapsed != int64(m.Elapsed) {
		return false, study.ErrConflict
	}
	return true, nil
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
	rows, err := tx.QueryContext(ctx, `SELECT attempt, epoch, `+tx.readValue+`, metrics, elapsed, created_at FROM measurements
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

func scanMeasurement(rows *sql.Rows) (m study.Measurement, err error) {
	var value named
	var metrics string
	var at int64
	if err := rows.Scan(&m.Attempt, &m.Epoch, &value.value, &value.name, &metrics, &m.Elapsed, &at); err != nil {
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
