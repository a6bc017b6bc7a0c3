package sqlstore

import (
	"context"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// standing is what decides which transitions a trial allows now.
type standing struct {
	state     study.TrialState
	attempt   int
	token     string
	ttl       int64
	expiresAt int64
	lost      int    // attempts
	stop      string // why it is to stop; "": it may go on
}

// standingOf returns how the lease's trial stands, and locks it.
func standingOf(ctx context.Context, tx *transaction, l study.Lease) (standing, error) {
	return readStanding(ctx, tx, l, tx.lock)
}

func readStanding(ctx context.Context, tx *transaction, l study.Lease, lock string) (standing, error) {
	all, err := readStandings(ctx, tx, l.StudyID, []any{l.Number}, lock)
	if err != nil {
		return standing{}, err
	}
	return all.of(l)
}

// standings is how trials of one study stand, by number.
type standings map[int]standing

// of returns how the lease's trial stands.
func (all standings) of(l study.Lease) (standing, error) {
	st, ok := all[l.Number]
	if !ok {
		return st, fmt.Errorf("%w: there is no such trial", study.ErrLeaseLost)
	}
	return st, nil
}

// readStandings returns how the numbered trials stand that there are.
func readStandings(ctx context.Context, tx *transaction, studyID int64, numbers []any, lock string) (standings, error) {
	rows, err := tx.QueryContext(ctx, `SELECT number, state, attempt, token, lease_ttl, lease_expires_at, lost, stop_reason
		FROM trials`+tx.index("PRIMARY")+` WHERE study_id = ? AND number IN (`+placeholders(len(numbers))+`)`+lock,
		append([]any{studyID}, numbers...)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := make(standings, len(numbers))
	for rows.Next() {
		var number int
		var st standing
		if err := rows.Scan(&number, &st.state, &st.attempt, &st.token, &st.ttl, &st.expiresAt, &st.lost, &st.stop); err != nil {
			return nil, err
		}
		all[number] = st
	}
	return all, rows.Err()
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

func (st standing) expired(now int64) bool { return st.state == study.Running && st.expiresAt <= now }

// poisoned tells whether the attempt under way is the last that may be lost.
func (st standing) poisoned(lostMax int) bool { return lostMax > 0 && st.lost+1 >= lostMax }

// held returns the trial's standing, or ErrLeaseLost.
func held(ctx context.Context, tx *transaction, l study.Lease) (standing, error) {
	st, err := standingOf(ctx, tx, l)
	if err != nil {
		return st, err
	}
	return st, st.heldBy(l)
}
