package sqlstore

import (
	"context"
	"fmt"
	"strings"

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
	var given assignment
	token := newToken()
	err = s.once(ctx, act, wholeStudy(studyID), &given, func(tx *transaction) error {
		if tx.uncertain {
			var done bool
			if given, done, err = taken(ctx, tx, studyID, token); err != nil || done {
				return err
			}
		}
		if err := checkNumber(ctx, tx, studyID, t.Number); err != nil {
			return err
		}
		if err := endSampling(ctx, tx, studyID, c.SamplingEpoch); err != nil {
			return err
		}
		if err := insertWaiting(ctx, tx, studyID, t, parameters); err != nil {
			return err
		}
		given, err = take(ctx, tx, studyID, t.Number, token, c)
		return err
	})
	return given.Trial, given.Lease, err
}

// insertWaiting stores a trial that nobody has taken yet.
func insertWaiting(ctx context.Context, tx *transaction, studyID int64, t study.Trial, parameters string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO trials
		(study_id, number, state, parameters, seed, saw, created_at, attempt, token, lease_ttl, lease_expires_at, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, 0, '', 0, 0, '')`,
		studyID, t.Number, string(study.Waiting), parameters, encodeSeed(t.Seed), t.Saw, tx.now)
	if err != nil {
		return err
	}
	return note(ctx, tx, study.TrialCreated, study.Lease{StudyID: studyID, Number: t.Number})
}

// checkNumber tells whether the study has room for a trial now and whether
// number is the next one.
func checkNumber(ctx context.Context, tx *transaction, studyID int64, number int) error {
	next, err := room(ctx, tx, studyID)
	if err == nil && number != next {
		return fmt.Errorf("%w: the next one is %d", study.ErrNumberTaken, next)
	}
	return err
}

// room returns the number of the next trial, if the study has room for it now.
func room(ctx context.Context, tx *transaction, studyID int64) (int, error) {
	st, err := stateOf(ctx, tx, studyID)
	if err != nil {
		return 0, err
	}
	if err := st.handsOut(tx.now); err != nil {
		return 0, err
	}
	return numberWithin(ctx, tx, studyID, st.budget)
}

// numberWithin returns the number of the trial that is added next, or
// ErrBudget.
func numberWithin(ctx context.Context, tx *transaction, studyID int64, b study.Budget) (int, error) {
	next, err := nextNumber(ctx, tx, studyID)
	if err != nil {
		return 0, err
	}
	if next >= b.Trials {
		return 0, fmt.Errorf("%w: there are %d, the budget is %d", study.ErrBudget, next, b.Trials)
	}
	return next, nil
}

// nextNumber is how many trials the study has.
func nextNumber(ctx context.Context, tx *transaction, studyID int64) (int, error) {
	highest, err := firstNumber(ctx, tx, `SELECT number FROM trials`+tx.index("PRIMARY")+` WHERE study_id = ? ORDER BY number DESC LIMIT 1`, studyID)
	if err != nil || !highest.Valid {
		return 0, err
	}
	return highest.V + 1, nil
}

// FinishTrial implements study.Store.
func (s *Store) FinishTrial(ctx context.Context, l study.Lease, o study.Outcome) (t study.Trial, err error) {
	act := onTrial("finish", l)
	if o, err = o.Normalize(); err != nil {
		return t, fmt.Errorf("%s: %w", act, err)
	}
	err = s.once(ctx, act, wholeStudy(l.StudyID), &t, func(tx *transaction) error {
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

// finish moves the holder's trial to its final state.
func finish(ctx context.Context, tx *transaction, st standing, l study.Lease, o study.Outcome) error {
	if err := st.heldBy(l); err != nil {
		return err
	}
	if _, err := st.state.Transition(o.State); err != nil {
		return err
	}
	if err := setFinal(ctx, tx, l, o); err != nil {
		return err
	}
	return endAttempt(ctx, tx, l, string(o.State), o.Reason)
}

// setFinal makes a trial finished, with the study's next rank and without a
// checkpoint.
func setFinal(ctx context.Context, tx *transaction, l study.Lease, o study.Outcome) error {
	highest, err := firstNumber(ctx, tx, `SELECT finish_rank FROM trials`+tx.index("trials_by_rank")+`
		WHERE study_id = ? ORDER BY finish_rank DESC LIMIT 1`, l.StudyID)
	if err != nil {
		return err
	}
	args := []any{string(o.State), highest.V + 1, o.Reason, tx.now}
	set := `state = ?, finish_rank = ?, reason = ?, finished_at = ?`
	if o.State != study.Failed {
		set += `, ` + strings.Join(tx.valueColumns, " = ?, ") + ` = ?`
		args = append(args, tx.value(o.Value)...)
	}
	args = append(args, l.StudyID, l.Number)
	if _, err := tx.ExecContext(ctx, `UPDATE trials SET `+set+` WHERE study_id = ? AND number = ?`, args...); err != nil {
		return err
	}
	if err := dropCheckpoint(ctx, tx, l); err != nil {
		return err
	}
	return note(ctx, tx, study.TrialFinished, l)
}

// endedAs tells whether the trial ended with this outcome.
func endedAs(t study.Trial, o study.Outcome) bool {
	if t.State != o.State || t.Reason != o.Reason {
		return false
	}
	return t.Value == nil || sameBits(*t.Value, o.Value)
}
