package sqlstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/goal-search/goal-search/study"
)

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
	for {
		given, poisoned, err := s.claim(ctx, act, studyID, c)
		if poisoned == nil {
			return given.Trial, given.Lease, err
		}
		if err := s.failPoisoned(ctx, *poisoned, c.LostMax); err != nil {
			return t, l, err
		}
	}
}

// assignment is what a worker is given.
type assignment struct {
	Trial study.Trial
	Lease study.Lease
}

// errPoisoned ends a claim that met a trial which took down too many workers.
var errPoisoned = errors.New("too many attempts of the trial were lost")

// claim takes the first trial that can be taken, unless it is poisoned.
func (s *Store) claim(ctx context.Context, act string, studyID int64, c study.Claim) (given assignment, poisoned *study.Lease, err error) {
	token := newToken()
	err = s.once(ctx, act, wholeStudy(studyID), &given, func(tx *transaction) error {
		poisoned = nil
		if tx.uncertain {
			var done bool
			if given, done, err = taken(ctx, tx, studyID, token); err != nil || done {
				return err
			}
		}
		st, err := stateOf(ctx, tx, studyID)
		if err != nil {
			return err
		}
		if err := st.handsOut(tx.now); err != nil {
			return err
		}
		number, err := claimable(ctx, tx, studyID)
		if err != nil {
			return err
		}
		given, err = take(ctx, tx, studyID, number, token, c)
		if errors.Is(err, errPoisoned) {
			poisoned = &study.Lease{StudyID: studyID, Number: number}
		}
		return err
	})
	return given, poisoned, err
}

// failPoisoned fails a trial whose lost attempts, with the one that has expired,
// are lostMax. Whatever happened to it meanwhile is none of its business.
func (s *Store) failPoisoned(ctx context.Context, l study.Lease, lostMax int) error {
	failed := false
	err := s.change(ctx, onTrial("fail", l), wholeStudy(l.StudyID), func(tx *transaction) error {
		st, err := standingOf(ctx, tx, l)
		failed = err == nil && st.expired(tx.now) && st.poisoned(lostMax)
		if !failed {
			return err
		}
		return failLost(ctx, tx, st, l)
	})
	if err == nil && failed {
		s.poisoned(l.StudyID, l.Number)
	}
	return err
}

// failLost fails a trial with the last attempt that it may lose.
func failLost(ctx context.Context, tx *transaction, st standing, l study.Lease) error {
	l.Attempt = st.attempt
	if err := lose(ctx, tx, st, l); err != nil {
		return err
	}
	return giveUp(ctx, tx, l, fmt.Sprintf("%d attempts were lost with their workers, see each one's reason", st.lost+1))
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
func take(ctx context.Context, tx *transaction, studyID int64, number int, token string, c study.Claim) (given assignment, err error) {
	l := study.Lease{StudyID: studyID, Number: number}
	st, err := standingOf(ctx, tx, l)
	if err != nil {
		return given, err
	}
	if st.state == study.Running && !st.expired(tx.now) {
		return given, errRenewed
	}
	if st.state == study.Running {
		if st.poisoned(c.LostMax) {
			return given, errPoisoned
		}
		l.Attempt = st.attempt
		if err := lose(ctx, tx, st, l); err != nil {
			return given, err
		}
		st.state = study.Waiting
	}
	if _, err := st.state.Transition(study.Running); err != nil {
		return given, err
	}
	l.Attempt, l.Token, l.ExpiresAt = st.attempt+1, token, fromMicros(tx.now+c.TTL.Microseconds())
	if err := begin(ctx, tx, l, c); err != nil {
		return given, err
	}
	t, err := readTrial(ctx, tx, studyID, number)
	return assignment{t, l}, err
}

// begin lets the claimant run the trial under the lease.
func begin(ctx context.Context, tx *transaction, l study.Lease, c study.Claim) error {
	if _, err := tx.ExecContext(ctx, `UPDATE trials SET state = ?, attempt = ?, token = ?, lease_ttl = ?, lease_expires_at = ?
		WHERE study_id = ? AND number = ?`,
		string(study.Running), l.Attempt, l.Token, c.TTL.Microseconds(), l.ExpiresAt.UnixMicro(), l.StudyID, l.Number); err != nil {
		return err
	}
	err := insertAttempt(ctx, tx, l.StudyID, l.Number, study.Attempt{
		Number: l.Attempt, Worker: c.Worker, Environment: c.Environment, StartedAt: fromMicros(tx.now),
	})
	if err != nil {
		return err
	}
	return note(ctx, tx, study.TrialStarted, l)
}

// lose ends an attempt whose lease has expired.
func lose(ctx context.Context, tx *transaction, st standing, l study.Lease) error {
	if _, err := tx.ExecContext(ctx, `UPDATE trials SET lost = lost + 1 WHERE study_id = ? AND number = ?`, l.StudyID, l.Number); err != nil {
		return err
	}
	reason := fmt.Sprintf("the lease ended at %s unrenewed", fromMicros(st.expiresAt).Format(time.RFC3339Nano))
	return release(ctx, tx, st, l, study.AttemptLost, reason)
}

// newToken is made before the first try of a transition, by which a later one
// knows what it did.
func newToken() string { return rand.Text() }

// taken returns the running trial that holds the token, if there is one.
func taken(ctx context.Context, tx *transaction, studyID int64, token string) (given assignment, ok bool, err error) {
	number, err := firstNumber(ctx, tx, `SELECT number FROM trials`+tx.index("trials_by_state")+`
		WHERE study_id = ? AND state = 'running' AND token = ?`, studyID, token)
	if err != nil || !number.Valid {
		return given, false, err
	}
	l := study.Lease{StudyID: studyID, Number: number.V, Token: token}
	st, err := standingOf(ctx, tx, l)
	if err != nil {
		return given, false, err
	}
	l.Attempt, l.ExpiresAt = st.attempt, fromMicros(st.expiresAt)
	t, err := readTrial(ctx, tx, studyID, number.V)
	return assignment{t, l}, err == nil, err
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
	if err := endAttempt(ctx, tx, l, ended, reason); err != nil {
		return err
	}
	return note(ctx, tx, study.TrialReleased, l)
}

// RenewLease implements study.Store.
func (s *Store) RenewLease(ctx context.Context, l study.Lease, ttl time.Duration) (study.Lease, error) {
	act := onTrial("renew the lease of", l)
	if err := checkTTL(ttl); err != nil {
		return l, fmt.Errorf("%s: %w", act, err)
	}
	renewed, stop := l, ""
	err := s.change(ctx, act, oneTrial(l), func(tx *transaction) error {
		st, err := held(ctx, tx, l)
		if err != nil {
			return err
		}
		expiresAt, err := renew(ctx, tx, l, ttl.Microseconds())
		if err != nil {
			return err
		}
		renewed.ExpiresAt = fromMicros(expiresAt)
		stop, err = whyStop(ctx, tx, l.StudyID)
		stop = cmp.Or(st.stop, stop)
		return err
	})
	if err != nil {
		return l, err
	}
	return renewed, stopError(act, stop)
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
	return s.once(ctx, onTrial("hand back", l), wholeStudy(l.StudyID), &struct{}{}, func(tx *transaction) error {
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
