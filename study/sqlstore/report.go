package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/goal-search/goal-search/study"
)

// report is a measurement on its way into the database.
type report struct {
	lease   study.Lease
	m       study.Measurement
	request study.Request // ID "": none

	batch *batch        // that it is stored with; nil while it waits. Guarded by reports.mu
	done  chan struct{} // closed once stop and err are set
	stop  string        // why the trial is to stop; "": it may go on
	err   error
}

// AddMeasurement implements study.Store.
func (s *Store) AddMeasurement(ctx context.Context, l study.Lease, m study.Measurement) error {
	act := onTrial(fmt.Sprintf("store epoch %d of", m.Epoch), l)
	if err := m.Validate(); err != nil {
		return fmt.Errorf("%s: %w", act, err)
	}
	m.Attempt = l.Attempt
	r := &report{lease: l, m: m, done: make(chan struct{})}
	if request, ok := study.RequestOf(ctx); ok {
		if err := request.Validate(); err != nil {
			return fmt.Errorf("%s: %w", act, err)
		}
		r.request = request
	}
	if err := s.deliver(ctx, r); err != nil {
		return s.failed(ctx, act, err)
	}
	return stopError(act, r.stop)
}

// deliver returns when the report is stored, or refused. When ctx ends before
// that, a report that no other one is stored with has not happened; else nobody
// waits to learn what became of it.
func (s *Store) deliver(ctx context.Context, r *report) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.reports.add(r, s.storeReports); err != nil {
		return err
	}
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
	}
	if s.reports.leave(r) {
		return ctx.Err()
	}
	<-r.done
	return r.err
}

// storeReports stores measurements of one study in one transaction. Each
// report has its own answer.
func (s *Store) storeReports(ctx context.Context, all []*report) {
	studyID := all[0].lease.StudyID
	err := s.write(ctx, wholeStudy(studyID), func(tx *transaction) error {
		for _, r := range all {
			r.stop, r.err = "", nil
		}
		return addReports(ctx, tx, studyID, all)
	})
	for _, r := range all {
		if err != nil {
			r.stop, r.err = "", err
		}
		close(r.done)
	}
}

// addReports stores what is not stored yet and renews the leases. Errors that
// are a report's own it leaves there.
func addReports(ctx context.Context, tx *transaction, studyID int64, all []*report) error {
	fresh, err := unanswered(ctx, tx, all)
	if err != nil || len(fresh) == 0 {
		return err
	}
	held, err := heldOf(ctx, tx, studyID, fresh)
	if err != nil || len(held) == 0 {
		return err
	}
	known, added, err := compare(ctx, tx, studyID, held)
	if err != nil {
		return err
	}
	accepted := slices.Concat(known, added)
	if len(accepted) == 0 {
		return nil
	}
	if err := renewAll(ctx, tx, studyID, accepted); err != nil {
		return err
	}
	if len(added) > 0 {
		if err := insertReports(ctx, tx, studyID, added); err != nil {
			return err
		}
		if err := noteMeasured(ctx, tx, studyID, added); err != nil {
			return err
		}
	}
	return rememberReports(ctx, tx, accepted)
}

// unanswered returns the reports that were not heard before. To the others it
// gives the answer that they got then.
func unanswered(ctx context.Context, tx *transaction, all []*report) (fresh []*report, err error) {
	var requests []study.Request
	for _, r := range all {
		if r.request.ID != "" {
			requests = append(requests, r.request)
		}
	}
	answers, err := recallAll(ctx, tx, requests)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		answer, heard := answers[r.request.ID]
		if !heard {
			fresh = append(fresh, r)
			continue
		}
		r.err = answer.repeat(r.request, &r.stop)
	}
	return fresh, nil
}

// heldOf returns the reports of those who hold their trial, whose rows it
// locks.
func heldOf(ctx context.Context, tx *transaction, studyID int64, all []*report) (held []*report, err error) {
	numbers := make([]any, 0, len(all))
	for _, r := range all {
		numbers = append(numbers, r.lease.Number)
	}
	trials, err := readStandings(ctx, tx, studyID, numbers, tx.lock)
	if err != nil {
		return nil, err
	}
	ofStudy, err := whyStop(ctx, tx, studyID)
	if err != nil && !errors.Is(err, study.ErrNotFound) { // then there are no trials either
		return nil, err
	}
	for _, r := range all {
		st, err := trials.of(r.lease)
		if err == nil {
			err = st.heldBy(r.lease)
		}
		if err != nil {
			r.err = err
			continue
		}
		if r.stop = st.stop; r.stop == "" {
			r.stop = ofStudy
		}
		held = append(held, r)
	}
	return held, nil
}

// renewAll lets the reports' leases end as late as was last asked for.
func renewAll(ctx context.Context, tx *transaction, studyID int64, all []*report) error {
	args := []any{tx.now, studyID}
	for _, r := range all {
		args = append(args, r.lease.Number)
	}
	_, err := tx.ExecContext(ctx, `UPDATE trials SET lease_expires_at = ? + lease_ttl
		WHERE study_id = ? AND number IN (`+placeholders(len(all))+`)`, args...)
	return err
}

func rememberReports(ctx context.Context, tx *transaction, all []*report) error {
	var answers []answered
	for _, r := range all {
		if r.request.ID == "" {
			continue
		}
		a, err := answer(r.request, r.stop)
		if err != nil {
			return err
		}
		answers = append(answers, a)
	}
	return rememberAll(ctx, tx, answers)
}
