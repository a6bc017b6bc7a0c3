package sqlstore

import (
	"context"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// Counts implements study.Store. It counts in indexes and reads no trial but
// deleted ones. Counters in the study's row would be read at once, but every transition would
// have to keep them true.
func (s *Store) Counts(ctx context.Context, studyID int64) (c study.Counts, err error) {
	err = s.view(ctx, fmt.Sprintf("count the trials of study %d", studyID), func(tx *transaction) error {
		c = study.Counts{}
		if _, err := stateOf(ctx, tx, studyID); err != nil { // an unknown study is no empty one
			return err
		}
		if c.States, err = countStates(ctx, tx, studyID, "trials_by_state", ""); err != nil {
			return err
		}
		deleted, err := countStates(ctx, tx, studyID, "trials_by_deletion", " AND unseen_from > 0")
		for state, n := range deleted {
			c.Deleted += n
			if c.States[state] -= n; c.States[state] == 0 {
				delete(c.States, state)
			}
		}
		return err
	})
	return c, err
}

// countStates counts trials by state, by way of an index.
func countStates(ctx context.Context, tx *transaction, studyID int64, index, condition string) (map[study.TrialState]int, error) {
	rows, err := tx.QueryContext(ctx, `SELECT state, count(*) FROM trials`+tx.index(index)+`
		WHERE study_id = ?`+condition+` GROUP BY state`, studyID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := make(map[study.TrialState]int)
	for rows.Next() {
		var state study.TrialState
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, err
		}
		counts[state] = n
	}
	return counts, rows.Err()
}
