package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// studyStanding is what decides what a study allows now.
type studyStanding struct {
	budget    study.Budget
	createdAt int64
	state     study.StudyState
	reason    string
}

// stateOf returns how the study stands, or ErrNotFound.
func stateOf(ctx context.Context, tx *transaction, studyID int64) (st studyStanding, err error) {
	var bounds string
	var trials int
	err = tx.QueryRowContext(ctx, `SELECT budget_trials, bounds, created_at, state, state_reason FROM studies WHERE id = ?`, studyID).
		Scan(&trials, &bounds, &st.createdAt, &st.state, &st.reason)
	if errors.Is(err, sql.ErrNoRows) {
		return st, fmt.Errorf("study %d: %w", studyID, study.ErrNotFound)
	}
	if err != nil {
		return st, err
	}
	st.budget, err = decodeBudget(trials, bounds)
	return st, err
}

func decodeBudget(trials int, bounds string) (b study.Budget, err error) {
	err = decode("the bounds of a budget", bounds, &b)
	b.Trials = trials
	return b, err
}

// handsOut returns nil while trials are handed out.
func (st studyStanding) handsOut(now int64) error {
	if err := st.state.HandsOut(st.reason); err != nil {
		return err
	}
	if end := st.createdAt + st.budget.WallTime.Microseconds(); st.budget.WallTime > 0 && now >= end {
		return fmt.Errorf("%w: its %v were over at %s", study.ErrTimeUp, st.budget.WallTime, fromMicros(end).Format("2006-01-02 15:04:05 MST"))
	}
	return nil
}

// whyStop says why all trials are to stop; "": they may go on.
func (st studyStanding) whyStop() string {
	switch {
	case st.state != study.StudyAborted:
		return ""
	case st.reason == "":
		return "the study is aborted"
	}
	return "the study is aborted: " + st.reason
}

// SetStudyState implements study.Store.
func (s *Store) SetStudyState(ctx context.Context, studyID int64, next study.StudyState, reason string) error {
	act := fmt.Sprintf("make study %d %s", studyID, next)
	return s.once(ctx, act, wholeStudy(studyID), &struct{}{}, func(tx *transaction) error {
		st, err := stateOf(ctx, tx, studyID)
		if err != nil {
			return err
		}
		if next, err = st.state.Transition(next); err != nil {
			return err
		}
		if next == st.state && text(reason) == st.reason {
			return nil
		}
		return setState(ctx, tx, studyID, next, reason)
	})
}

func setState(ctx context.Context, tx *transaction, studyID int64, next study.StudyState, reason string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE studies SET state = ?, state_reason = ? WHERE id = ?`,
		string(next), text(reason), studyID); err != nil {
		return err
	}
	e := study.Event{Kind: study.StateChanged, State: next, Reason: text(reason)}
	return insertEvent(ctx, tx, e, study.Lease{StudyID: studyID})
}

// SetBudget implements study.Store.
func (s *Store) SetBudget(ctx context.Context, studyID int64, b study.Budget) error {
	act := fmt.Sprintf("set the budget of study %d", studyID)
	if err := b.Validate(); err != nil {
		return fmt.Errorf("%s: %w", act, err)
	}
	bounds, err := encode(b)
	if err != nil {
		return fmt.Errorf("%s: encode it: %w", act, err)
	}
	return s.once(ctx, act, wholeStudy(studyID), &struct{}{}, func(tx *transaction) error {
		st, err := stateOf(ctx, tx, studyID)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE studies SET budget_trials = ?, bounds = ? WHERE id = ?`, b.Trials, bounds, studyID); err != nil {
			return err
		}
		if st.state != study.StudyCompleted {
			return nil
		}
		return setState(ctx, tx, studyID, study.StudyActive, "its budget was changed")
	})
}
