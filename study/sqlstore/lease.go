package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/goal-search/goal-search/study"
)

// standing is what decides which transitions a trial allows now.
type standing struct {
	state     study.TrialState
	attempt   int
	token     string
	ttl       int64
	expiresAt int64
}

// standingOf returns how the lease's trial stands.
func standingOf(ctx context.Context, tx *transaction, l study.Lease) (st standing, err error) {
	err = tx.QueryRowContext(ctx, `SELECT state, attempt, token, lease_ttl, lease_expires_at
		FROM trials WHERE study_id = ? AND number = ?`+tx.lock, l.StudyID, l.Number).
		Scan(&st.state, &st.attempt, &st.token, &st.ttl, &st.expiresAt)
	if errors.Is(err, sql.ErrNoRows) {
		return st, fmt.Errorf("%w: there is no such trial", study.ErrLeaseLost)
	}
	return st, err
}

// ours tells whether the lease is the latest one of the trial.
func (st standing) ours(l study.Lease) bool {
	return l.Token != "" && st.token == l.Token && st.attempt == l.Attempt
}

// heldBy returns nil while the lease holds the trial. A lease that has
// expired holds it until somebody else claims it.
func (st standing) heldBy(l study.Lease) error {
	switch {
	case st.state == study.Running && st.ours(l):
		return nil
	case st.state == study.Running && st.attempt != l.Attempt:
		return fmt.Errorf("%w: the trial is now in attempt %d, the lease is of attempt %d", study.ErrLeaseLost, st.attempt, l.Attempt)
	case st.state == study.Running:
		return fmt.Errorf("%w: the token is not that of the current lease", study.ErrLeaseLost)
	}
	return fmt.Errorf("%w: the trial is %s", study.ErrLeaseLost, st.state)
}

// held returns the trial's standing, or ErrLeaseLost.
func held(ctx context.Context, tx *transaction, l study.Lease) (standing, error) {
	st, err := standingOf(ctx, tx, l)
	if err != nil {
		return st, err
	}
	return st, st.heldBy(l)
}

func checkTTL(ttl time.Duration) error {
	if ttl < time.Microsecond {
		return fmt.Errorf("a lease of %v: want at least 1µs", ttl)
	}
	return nil
}

// ClaimTrial implements study.Store.
func (s *Store) ClaimTrial(ctx context.Context, studyID int64, c study.Claim) (t study.Trial, l study.Lease, err error) {
	act := fmt.Sprintf("claim a trial of study %d", studyID)
	if err := checkTTL(c.TTL); err != nil {
		return t, l, fmt.Errorf("%s: %w", act, err)
	}
	token := newToken()
	err = s.change(ctx, act, wholeStudy(studyID), func(tx *transaction) error {
		if tx.uncertain {
			var done bool
			if t, l, done, err = taken(ctx, tx, studyID, token); err != nil || done {
				return err
			}
		}
		number, err := claimable(ctx, tx, studyID)
		if err != nil {
			return err
		}
		if l, err = take(ctx, tx, studyID, number, token, c); err != nil {
			return err
		}
		t, err = readTrial(ctx, tx, studyID, number)
		return err
	})
	return t, l, err
}

// claimable returns the lowest number that waits or whose lease has expired.
// Two queries, because each finds its trial at once through trials_by_state.
func claimable(ctx context.Context, tx *transaction, studyID int64) (int, error) {
	from := `SELECT number FROM trials` + tx.index("trials_by_state")
	waiting := from + ` WHERE study_id = ? AND state = 'waiting' ORDER BY number LIMIT 1`
	expired := from + ` WHERE study_id = ? AND state = 'running' AND lease_expires_at <= ? ORDER BY number LIMIT 1`
	w, err := firstNumber(ctx, tx, waiting, studyID)
	if err != nil {
		return 0, err
	}
	e, err := firstNumber(ctx, tx, expired, studyID, tx.now)
	switch {
	case err != nil:
		return 0, err
	case w.Valid && (!e.Valid || w.V < e.V):
		return w.V, nil
	case e.Valid:
		return e.V, nil
	}
	if _, err := budgetOf(ctx, tx, studyID); err != nil {
		return 0, err
	}
	return 0, study.ErrNoTrial
}

func firstNumber(ctx context.Context, tx *transaction, query string, args ...any) (n sql.Null[int], err error) {
	err = tx.QueryRowContext(ctx, query, args...).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return n, nil
	}
	return n, err
}

// take makes the claimant's attempt the trial's next one, and the attempt
// before it lost if it is under way still.
func take(ctx context.Context, tx *transaction, studyID int64, number int, token string, c study.Claim) (study.Lease, error) {
	l := study.Lease{StudyID: studyID, Number: number}
	st, err := standingOf(ctx, tx, l)
	if err != nil {
		return l, err
	}
	if st.state == study.Running && st.expiresAt > tx.now {
		return l, errRenewed
	}
	if st.state == study.Running {
		l.Attempt = st.attempt
		reason := fmt.Sprintf("the lease ended at %s unrenewed", fromMicros(st.expiresAt).Format(time.RFC3339Nano))
		if err := release(ctx, tx, st, l, study.AttemptLost, reason); err != nil {
			return l, err
		}
		st.state = study.Waiting
	}
	if _, err := st.state.Transition(study.Running); err != nil {
		return l, err
	}
	l.Attempt, l.Token, l.ExpiresAt = st.attempt+1, token, fromMicros(tx.now+c.TTL.Microseconds())
	if _, err := tx.ExecContext(ctx, `UPDATE trials SET state = ?, attempt = ?, token = ?, lease_ttl = ?, lease_expires_at = ?
		WHERE study_id = ? AND number = ?`,
		string(study.Running), l.Attempt, l.Token, c.TTL.Microseconds(), l.ExpiresAt.UnixMicro(), studyID, number); err != nil {
		return l, err
	}
	return l, insertAttempt(ctx, tx, studyID, number, study.Attempt{
		Number: l.Attempt, Worker: c.Worker, Environment: c.Environment, StartedAt: fromMicros(tx.now),
	})
}

// newToken is made before the first try of a transition, by which a later one
// knows what it did.
func newToken() string { return rand.Text() }

// taken returns the running trial that holds the token, if there is one.
func taken(ctx context.Context, tx *transaction, studyID int64, token string) (t study.Trial, l study.Lease, ok bool, err error) {
	number, err := firstNumber(ctx, tx, `SELECT number FROM trials`+tx.index("trials_by_state")+`
		WHERE study_id = ? AND state = 'running' AND token = ?`, studyID, token)
	if err != nil || !number.Valid {
		return t, l, false, err
	}
	l = study.Lease{StudyID: studyID, Number: number.V, Token: token}
	st, err := standingOf(ctx, tx, l)
	if err != nil {
		return t, l, false, err
	}
	l.Attempt, l.ExpiresAt = st.attempt, fromMicros(st.expiresAt)
	t, err = readTrial(ctx, tx, studyID, number.V)
	return t, l, err == nil, err
}

func endAttempt(ctx context.Context, tx *transaction, l study.Lease, ended, reason string) error {
	_, err := tx.ExecContext(ctx, `UPDATE attempts SET ended_at = ?, ended = ?, reason = ?
		WHERE study_id = ? AND trial = ? AND number = ?`, tx.now, ended, text(reason), l.StudyID, l.Number, l.Attempt)
	return err
}

// release makes a running trial waiting, and its attempt one that ended so.
func release(ctx context.Context, tx *transaction, st standing, l study.Lease, ended, reason string) error {
	next, err := st.state.Transition(study.Waiting)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE trials SET state = ?, token = '' WHERE study_id = ? AND number = ?`,
		string(next), l.StudyID, l.Number); err != nil {
		return err
	}
	return endAttempt(ctx, tx, l, ended, reason)
}

// RenewLease implements study.Store.
func (s *Store) RenewLease(ctx context.Context, l study.Lease, ttl time.Duration) (study.Lease, error) {
	act := onTrial("renew the lease of", l)
	if err := checkTTL(ttl); err != nil {
		return l, fmt.Errorf("%s: %w", act, err)
	}
	renewed := l
	err := s.change(ctx, act, oneTrial(l), func(tx *transaction) error {
		if _, err := held(ctx, tx, l); err != nil {
			return err
		}
		expiresAt, err := renew(ctx, tx, l, ttl.Microseconds())
		renewed.ExpiresAt = fromMicros(expiresAt)
		return err
	})
	if err != nil {
		return l, err
	}
	return renewed, nil
}

// renew lets the lease end ttl microseconds from now.
func renew(ctx context.Context, tx *transaction, l study.Lease, ttl int64) (expiresAt int64, err error) {
	expiresAt = tx.now + ttl
	_, err = tx.ExecContext(ctx, `UPDATE trials SET lease_ttl = ?, lease_expires_at = ? WHERE study_id = ? AND number = ?`,
		ttl, expiresAt, l.StudyID, l.Number)
	return expiresAt, err
}

// HandBackTrial implements study.Store.
func (s *Store) HandBackTrial(ctx context.Context, l study.Lease, reason string) error {
	return s.change(ctx, onTrial("hand back", l), wholeStudy(l.StudyID), func(tx *transaction) error {
		if tx.uncertain {
			if done, err := wasHandedBack(ctx, tx, l); err != nil || done {
				return err
			}
		}
		st, err := held(ctx, tx, l)
		if err != nil {
			return err
		}
		return release(ctx, tx, st, l, study.AttemptHandedBack, reason)
	})
}

// wasHandedBack tells whether the lease's attempt ended so. Its token is gone
// by then: only a transition that found it held before may ask.
func wasHandedBack(ctx context.Context, tx *transaction, l study.Lease) (bool, error) {
	var ended string
	err := tx.QueryRowContext(ctx, `SELECT ended FROM attempts WHERE study_id = ? AND trial = ? AND number = ?`,
		l.StudyID, l.Number, l.Attempt).Scan(&ended)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return ended == study.AttemptHandedBack, err
}

func onTrial(act string, l study.Lease) string {
	return fmt.Sprintf("%s trial %d of study %d", act, l.Number, l.StudyID)
}
