package sqlstore

import (
	"context"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// EnqueueTrial implements study.Store.
func (s *Store) EnqueueTrial(ctx context.Context, studyID int64, p study.Parameters, seed uint64) (t study.Trial, err error) {
	act := fmt.Sprintf("enqueue a trial of study %d", studyID)
	parameters, err := encode(p)
	if err != nil {
		return t, fmt.Errorf("%s: encode its parameters: %w", act, err)
	}
	err = s.once(asRequest(ctx), act, wholeStudy(studyID), &t, func(tx *transaction) error {
		st, err := stateOf(ctx, tx, studyID)
		if err != nil {
			return err
		}
		if st.state != study.StudyPaused { // a paused study's queue can grow
			if err := st.handsOut(tx.now); err != nil {
				return err
			}
		}
		number, err := numberWithin(ctx, tx, studyID, st.budget)
		if err != nil {
			return err
		}
		if err := insertWaiting(ctx, tx, studyID, study.Trial{Number: number, Seed: seed}, parameters); err != nil {
			return err
		}
		t, err = readTrial(ctx, tx, studyID, number)
		return err
	})
	return t, err
}

// StopTrial implements study.Store.
func (s *Store) StopTrial(ctx context.Context, studyID int64, number int, reason string) (t study.Trial, err error) {
	l := study.Lease{StudyID: studyID, Number: number}
	if reason == "" {
		reason = "no reason given"
	}
	err = s.once(asRequest(ctx), onTrial("stop", l), wholeStudy(studyID), &t, func(tx *transaction) error {
		if t, err = readTrial(ctx, tx, studyID, number); err != nil {
			return err
		}
		switch {
		case t.State.Finished():
			return fmt.Errorf("%w: it is %s", study.ErrTransition, t.State)
		case t.State == study.Waiting:
			err = giveUp(ctx, tx, l, "stopped before anybody ran it: "+text(reason))
		case t.StopReason == "":
			err = requestStop(ctx, tx, l, text(reason))
		}
		if err == nil {
			t, err = readTrial(ctx, tx, studyID, number)
		}
		return err
	})
	return t, err
}

func requestStop(ctx context.Context, tx *transaction, l study.Lease, reason string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE trials SET stop_reason = ? WHERE study_id = ? AND number = ?`,
		reason, l.StudyID, l.Number); err != nil {
		return err
	}
	return note(ctx, tx, study.TrialStopping, l)
}

// giveUp fails a trial that nobody runs.
func giveUp(ctx context.Context, tx *transaction, l study.Lease, reason string) error {
	next, err := study.Waiting.Transition(study.Failed)
	if err != nil {
		return err
	}
	return setFinal(ctx, tx, l, study.Outcome{State: next, Reason: reason})
}

// whyStop says why all trials of the study are to stop; "": they may go on.
func whyStop(ctx context.Context, tx *transaction, studyID int64) (string, error) {
	st, err := stateOf(ctx, tx, studyID)
	return st.whyStop(), err
}

// stopError is what a lease's holder is told; nil: go on.
func stopError(act, reason string) error {
	if reason == "" {
		return nil
	}
	return fmt.Errorf("%s: %w: %s", act, study.ErrStop, reason)
}
