package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// AddTrial implements study.Store.
func (s *Store) AddTrial(ctx context.Context, studyID int64, t study.Trial, c study.Claim) (added study.Trial, l study.Lease, err error) {
	act := fmt.Sprintf("add trial %d of study %d", t.Number, studyID)
	if err := checkTTL(c.TTL); err != nil {
		return added, l, fmt.Errorf("%s: %w", act, err)
	}
	parameters, err := encode(t.Parameters)
	if err != nil {
		return added, l, fmt.Errorf("%s: encode its parameters: %w", act, err)
	}
	err = s.change(ctx, act, func(tx *transaction) error {
		if err := checkNumber(ctx, tx, studyID, t.Number); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO trials
			(study_id, number, state, parameters, seed, saw, created_at, attempt, token, lease_ttl, lease_expires_at, reason)
			VALUES (?, ?, ?, ?, ?, ?, ?, 0, '', 0, 0, '')`,
			studyID, t.Number, string(study.Waiting), parameters, encodeSeed(t.Seed), t.Saw, tx.now)
		if err != nil {
			return err
		}
		if l, err = take(ctx, tx, studyID, t.Number, c); err != nil {
			return err
		}
		added, err = readTrial(ctx, tx, studyID, t.Number)
		return err
	})
	return added, l, err
}

// checkNumber tells whether the study has room for a trial and whether number
// is the next one.
func checkNumber(ctx context.Context, tx *transaction, studyID int64, number int) error {
	budget, err := budgetOf(ctx, tx, studyID)
	if err != nil {
		return err
	}
	highest, err := firstNumber(ctx, tx, `SELECT number FROM trials WHERE study_id = ? ORDER BY number DESC LIMIT 1`, studyID)
	if err != nil {
		return err
	}
	next := 0
	if highest.Valid {
		next = highest.V + 1
	}
	switch {
	case next >= budget.Trials:
		return fmt.Errorf("%w: there are %d, the budget is %d", study.ErrBudget, next, budget.Trials)
	case number != next:
		return fmt.Errorf("%w: the next one is %d", study.ErrNumberTaken, next)
	}
	return nil
}

// FinishTrial implements study.Store.
func (s *Store) FinishTrial(ctx context.Context, l study.Lease, o study.Outcome) (t study.Trial, err error) {
	act := onTrial("finish", l)
	if o, err = o.Normalize(); err != nil {
		return t, fmt.Errorf("%s: %w", act, err)
	}
	err = s.change(ctx, act, func(tx *transaction) error {
		st, err := standingOf(ctx, tx, l)
		if err != nil {
			return err
		}
		if !st.state.Finished() {
			if err := finish(ctx, tx, st, l, o); err != nil {
				return err
			}
		}
		if t, err = readTrial(ctx, tx, l.StudyID, l.Number); err != nil {
			return err
		}
		if !st.ours(l) || !endedAs(t, o) {
			return fmt.Errorf("%w: the trial is %s", study.ErrLeaseLost, t.State)
		}
		return nil
	})
	if err != nil {
		return study.Trial{}, err
	}
	return t, nil
}

// finish moves a trial that is not finished to its final state, with the
// study's next rank.
func finish(ctx context.Context, tx *transaction, st standing, l study.Lease, o study.Outcome) error {
	if err := st.heldBy(l); err != nil {
		return err
	}
	next, err := st.state.Transition(o.State)
	if err != nil {
		return err
	}
	highest, err := firstNumber(ctx, tx, `SELECT finish_rank FROM trials WHERE study_id = ? ORDER BY finish_rank DESC LIMIT 1`, l.StudyID)
	if err != nil {
		return err
	}
	value := sql.Null[double]{V: double(o.Value), Valid: next != study.Failed}
	if _, err := tx.ExecContext(ctx, `UPDATE trials SET state = ?, finish_rank = ?, value = ?, reason = ?, finished_at = ?
		WHERE study_id = ? AND number = ?`, string(next), highest.V+1, value, o.Reason, tx.now, l.StudyID, l.Number); err != nil {
		return err
	}
	return endAttempt(ctx, tx, l, string(next), o.Reason)
}

// endedAs tells whether the trial ended with this outcome.
func endedAs(t study.Trial, o study.Outcome) bool {
	if t.State != o.State || t.Reason != o.Reason {
		return false
	}
	return t.Value == nil || sameBits(*t.Value, o.Value)
}

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
	return s.change(ctx, act, func(tx *transaction) error {
		st, err := held(ctx, tx, l)
		if err != nil {
			return err
		}
		if _, err := renew(ctx, tx, l, st.ttl); err != nil {
			return err
		}
		stored, err := hasMeasurement(ctx, tx, l, m, metrics)
		if err != nil || stored {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO measurements
			(study_id, trial, attempt, epoch, value, metrics, elapsed, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			l.StudyID, l.Number, l.Attempt, m.Epoch, double(m.Value), metrics, int64(m.Elapsed), tx.now)
		return err
	})
}

// hasMeasurement tells whether m is stored already; ErrConflict: another one
// is stored for its epoch.
func hasMeasurement(ctx context.Context, tx *transaction, l study.Lease, m study.Measurement, metrics string) (bool, error) {
	var value double
	var storedMetrics string
	var elapsed int64
	err := tx.QueryRowContext(ctx, `SELECT value, metrics, elapsed FROM measurements
		WHERE study_id = ? AND trial = ? AND attempt = ? AND epoch = ?`, l.StudyID, l.Number, l.Attempt, m.Epoch).
		Scan(&value, &storedMetrics, &elapsed)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	case !sameBits(float64(value), m.Value) || storedMetrics != metrics || elapsed != int64(m.Elapsed):
		return false, study.ErrConflict
	}
	return true, nil
}

// Measurements implements study.Store.
func (s *Store) Measurements(ctx context.Context, studyID int64, number int) (all []study.Measurement, err error) {
	act := fmt.Sprintf("read the measurements of trial %d of study %d", number, studyID)
	err = s.view(ctx, act, func(tx *sql.Tx) error {
		all, err = readMeasurements(ctx, tx, studyID, number)
		if err == nil && len(all) == 0 {
			_, err = readTrial(ctx, tx, studyID, number) // an unknown trial is not one without any
		}
		return err
	})
	return all, err
}

func readMeasurements(ctx context.Context, tx querier, studyID int64, number int) ([]study.Measurement, error) {
	rows, err := tx.QueryContext(ctx, `SELECT attempt, epoch, value, metrics, elapsed, created_at FROM measurements
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
	var value double
	var metrics string
	var at int64
	if err := rows.Scan(&m.Attempt, &m.Epoch, &value, &metrics, &m.Elapsed, &at); err != nil {
		return m, err
	}
	m.Value, m.At = float64(value), fromMicros(at)
	return m, decode(fmt.Sprintf("the metrics of epoch %d", m.Epoch), metrics, &m.Metrics)
}
