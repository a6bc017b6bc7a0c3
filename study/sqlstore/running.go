package sqlstore

import (
	"context"

	"github.com/goal-search/goal-search/study"
)

// RunningByStudy implements study.Store.
func (s *Store) RunningByStudy(ctx context.Context) (running map[int64]int, err error) {
	err = s.view(ctx, "count the running trials", func(tx *transaction) error {
		running, err = readCounts[int64](ctx, tx, `SELECT s.id, count(*) FROM studies s `+trialsThatAre(study.Running, tx)+`
			WHERE s.state = 'active' GROUP BY s.id`)
		return err
	})
	return running, err
}

// RunningByWorker implements study.Store.
func (s *Store) RunningByWorker(ctx context.Context) (running map[string]int, err error) {
	err = s.view(ctx, "count the workers' running trials", func(tx *transaction) error {
		running, err = readCounts[string](ctx, tx, `SELECT a.worker, count(*) FROM studies s `+trialsThatAre(study.Running, tx)+`
			`+tx.join+` attempts a`+tx.index("PRIMARY")+` ON a.study_id = t.study_id AND a.trial = t.number AND a.number = t.attempt
			GROUP BY a.worker`)
		return err
	})
	return running, err
}

// trialsThatAre joins studies s with their trials t of that state, of which each
// study's are found at once.
func trialsThatAre(state study.TrialState, tx *transaction) string {
	return tx.join + ` trials t` + tx.index("trials_by_state") + ` ON t.study_id = s.id AND t.state = '` + string(state) + `'`
}
