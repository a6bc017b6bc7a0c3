package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/goal-search/goal-search/study"
)

// note gives what happened to a lease's trial the study's next event number.
// The transition has locked the study, so that numbers become visible in order.
func note(ctx context.Context, tx *transaction, kind study.EventKind, l study.Lease) error {
	return insertEvent(ctx, tx, study.Event{Kind: kind, Trial: l.Number}, l)
}

// insertEvent stores an event of the lease's study and attempt.
func insertEvent(ctx context.Context, tx *transaction, e study.Event, l study.Lease) error {
	first, err := nextEvents(ctx, tx, l.StudyID, 1)
	if err != nil {
		return err
	}
	return insertRows(ctx, tx, "events", eventColumns, [][]any{
		{l.StudyID, first, string(e.Kind), e.Trial, l.Attempt, 0, string(e.State), e.Reason, tx.now},
	})
}

// noteMeasured gives reports the study's next event numbers, in their order.
func noteMeasured(ctx context.Context, tx *transaction, studyID int64, reports []*report) error {
	first, err := nextEvents(ctx, tx, studyID, len(reports))
	if err != nil {
		return err
	}
	var rows [][]any
	for i, r := range reports {
		rows = append(rows, []any{studyID, first + int64(i), string(study.TrialMeasured), r.lease.Number, r.lease.Attempt, r.m.Epoch, "", "", tx.now})
	}
	return insertRows(ctx, tx, "events", eventColumns, rows)
}

const eventColumns = `study_id, number, kind, trial, attempt, epoch, state, reason, created_at`

// nextEvents takes the study's next n event numbers and returns the first one.
func nextEvents(ctx context.Context, tx *transaction, studyID int64, n int) (first int64, err error) {
	if _, err := tx.ExecContext(ctx, `UPDATE studies SET events = events + ? WHERE id = ?`, n, studyID); err != nil {
		return 0, err
	}
	last, err := lastEvent(ctx, tx, studyID)
	return last - int64(n) + 1, err
}

// Events implements study.Store.
func (s *Store) Events(ctx context.Context, studyID int64, f study.EventFilter, limit int) (events []study.Event, err error) {
	act := fmt.Sprintf("read the events of study %d", studyID)
	err = s.view(ctx, act, func(tx *transaction) error {
		events, err = readEvents(ctx, tx, chosenEvents(studyID, f), limit)
		if err == nil && len(events) == 0 {
			_, err = stateOf(ctx, tx, studyID) // an unknown study is not one without any
		}
		return err
	})
	return events, err
}

// LastEvent implements study.Store.
func (s *Store) LastEvent(ctx context.Context, studyID int64) (last int64, err error) {
	act := fmt.Sprintf("read the last event of study %d", studyID)
	err = s.view(ctx, act, func(tx *transaction) error {
		last, err = lastEvent(ctx, tx, studyID)
		return err
	})
	return last, err
}

func lastEvent(ctx context.Context, tx *transaction, studyID int64) (last int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT events FROM studies WHERE id = ?`, studyID).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, study.ErrNotFound
	}
	return last, err
}

// SkipEvents implements study.Store.
func (s *Store) SkipEvents(ctx context.Context, studyID int64, f study.EventFilter, age time.Duration, tail int) (after int64, err error) {
	act := fmt.Sprintf("look for the latest events of study %d", studyID)
	err = s.view(ctx, act, func(tx *transaction) error {
		after = f.After
		if age > 0 {
			now, err := s.now(ctx, tx)
			if err != nil {
				return err
			}
			older := chosenEvents(studyID, study.EventFilter{After: after}).and(`e.created_at < ?`, now-age.Microseconds())
			if after, err = lastOf(ctx, tx, older, 0, after); err != nil {
				return err
			}
		}
		if tail > 0 {
			f := f
			f.After = after
			if after, err = lastOf(ctx, tx, chosenEvents(studyID, f), tail, after); err != nil {
				return err
			}
		}
		_, err := stateOf(ctx, tx, studyID) // an unknown study is not one without any
		return err
	})
	return after, err
}

// lastOf returns the number of the last of the chosen events but for skip, or
// none if there are not so many.
func lastOf(ctx context.Context, tx *transaction, c choice, skip int, none int64) (int64, error) {
	number, err := firstNumber(ctx, tx, `SELECT e.number FROM events e`+tx.index("PRIMARY")+c.where+`
		ORDER BY e.number DESC LIMIT 1 OFFSET ?`, append(c.args, skip)...)
	if err != nil || !number.Valid {
		return none, err
	}
	return int64(number.V), nil
}

// eventsDeletedAtOnce bounds how long a statement takes.
const eventsDeletedAtOnce = 1000

// deleteEvents deletes the events of a study, which may be gone already.
func deleteEvents(ctx context.Context, tx *transaction, studyID int64) error {
	last, err := lastEvent(ctx, tx, studyID)
	if err != nil && !errors.Is(err, study.ErrNotFound) {
		return err
	}
	for end := int64(eventsDeletedAtOnce); end < last+eventsDeletedAtOnce; end += eventsDeletedAtOnce {
		if _, err := tx.ExecContext(ctx, `DELETE FROM events WHERE study_id = ? AND number < ?`, studyID, end); err != nil {
			return err
		}
	}
	return nil
}

// chosenEvents is the filter as SQL, of events e.
func chosenEvents(studyID int64, f study.EventFilter) choice {
	c := choice{where: ` WHERE e.study_id = ? AND e.number > ?`, args: []any{studyID, f.After}}
	if f.UpTo > 0 {
		c = c.and(`e.number <= ?`, f.UpTo)
	}
	if f.Trial != nil {
		c = c.and(`e.trial = ? AND e.kind <> ?`, *f.Trial, string(study.StateChanged))
	}
	if f.SkipMeasurements {
		c = c.and(`e.kind <> ?`, string(study.TrialMeasured))
	}
	return c
}

// readEvents reads the events with the measurements that they are about.
func readEvents(ctx context.Context, tx *transaction, c choice, limit int) ([]study.Event, error) {
	rows, err := tx.QueryContext(ctx, `SELECT e.number, e.kind, e.trial, e.attempt, e.epoch, e.state, e.reason, e.created_at,
		`+tx.readValue+`, m.metrics, m.elapsed, m.created_at
		FROM events e LEFT JOIN measurements m ON e.kind = 'measured'
			AND m.study_id = e.study_id AND m.trial = e.trial AND m.attempt = e.attempt AND m.epoch = e.epoch`+c.where+` ORDER BY e.number LIMIT ?`, append(c.args, limit)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var events []study.Event
	for rows.Next() {
		e, err := scanEvent(rows)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, rows.Err()
}

func scanEvent(rows *sql.Rows) (e study.Event, err error) {
	var m study.Measurement
	var createdAt int64
	var value named
	var metrics sql.Null[string]
	var elapsed, measuredAt sql.Null[int64]
	if err := rows.Scan(&e.Number, &e.Kind, &e.Trial, &m.Attempt, &m.Epoch, &e.State, &e.Reason, &createdAt,
		&value.value, &value.name, &metrics, &elapsed, &measuredAt); err != nil {
		return e, err
	}
	e.At, e.Attempt = fromMicros(createdAt), m.Attempt
	if e.Kind != study.TrialMeasured {
		return e, nil
	}
	m.Elapsed, m.At = time.Duration(elapsed.V), fromMicros(measuredAt.V)
	if m.Value, err = measured(value); err != nil {
		return e, err
	}
	e.Measurement = &m
	return e, decode(fmt.Sprintf("the metrics of event %d", e.Number), metrics.V, &m.Metrics)
}
