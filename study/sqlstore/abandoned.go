package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/goal-search/goal-search/study"
)

// Abandoned implements study.Store.
func (s *Store) Abandoned(ctx context.Context, silence time.Duration) (ids []int64, err error) {
	err = s.view(ctx, "look for abandoned trials", func(tx *transaction) error {
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		ids, err = readColumn[int64](ctx, tx, `SELECT s.id FROM studies s `+trialsThatAre(study.Running, tx)+`
				WHERE s.state <> 'active' AND t.lease_expires_at <= ?
			UNION SELECT s.id FROM studies s `+trialsThatAre(study.Waiting, tx)+`
				WHERE s.state = 'aborted'`, now-silence.Microseconds())
		return err
	})
	return ids, err
}

// releasedAtOnce bounds how long a transaction keeps others from the study.
const releasedAtOnce = 100

// ReleaseAbandoned implements study.Store.
func (s *Store) ReleaseAbandoned(ctx context.Context, studyID int64, silence time.Duration, lostMax int) (more bool, err error) {
	act := fmt.Sprintf("release the abandoned trials of study %d", studyID)
	var poisoned []int
	err = s.change(ctx, act, wholeStudy(studyID), func(tx *transaction) error {
		more, poisoned = false, nil
		st, err := stateOf(ctx, tx, studyID)
		if err != nil || st.state == study.StudyActive {
			return err
		}
		silent := tx.now - silence.Microseconds()
		numbers, err := abandonedIn(ctx, tx, studyID, st.state, silent)
		if err != nil {
			return err
		}
		for _, number := range numbers {
			l := study.Lease{StudyID: studyID, Number: number}
			failed, err := releaseSilent(ctx, tx, l, silent, lostMax, st.whyStop())
			if err != nil {
				return err
			}
			if failed {
				poisoned = append(poisoned, number)
			}
		}
		more = len(numbers) >= releasedAtOnce
		return nil
	})
	if err == nil {
		for _, number := range poisoned {
			s.poisoned(studyID, number)
		}
	}
	return more, err
}

// abandonedIn returns the numbers of running trials whose lease ended before
// silent, and of waiting ones where nobody will ever take them.
func abandonedIn(ctx context.Context, tx *transaction, studyID int64, state study.StudyState, silent int64) ([]int, error) {
	from := `SELECT number FROM trials` + tx.index("trials_by_state")
	numbers, err := readColumn[int](ctx, tx, from+` WHERE study_id = ? AND state = 'running' AND lease_expires_at <= ?
		ORDER BY number LIMIT ?`, studyID, silent, releasedAtOnce)
	if err != nil || state != study.StudyAborted {
		return numbers, err
	}
	waiting, err := readColumn[int](ctx, tx, from+` WHERE study_id = ? AND state = 'waiting'
		ORDER BY number LIMIT ?`, studyID, releasedAtOnce)
	return append(numbers, waiting...), err
}

// releaseSilent ends the attempt of a running trial, unless its lease was renewed
// meanwhile. The trial waits again, or fails where it is to stop, or is poisoned:
// it has taken too many workers with it.
func releaseSilent(ctx context.Context, tx *transaction, l study.Lease, silent int64, lostMax int, stop string) (poisoned bool, err error) {
	st, err := standingOf(ctx, tx, l)
	switch {
	case err != nil:
		return false, err
	case st.state == study.Running && !st.expired(silent):
		return false, nil
	case st.state == study.Running && st.poisoned(lostMax) && stop == "":
		return true, failLost(ctx, tx, st, l)
	case st.state == study.Running:
		l.Attempt = st.attempt
		err = lose(ctx, tx, st, l)
	}
	if err != nil || stop == "" {
		return false, err
	}
	return false, giveUp(ctx, tx, l, stop)
}
