package daemon

import (
	"context"
	"fmt"
	"sync"

	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// shelf holds the data sets of a worker, one copy of each for all slots. It
// trains with them: it is a worker.Evaluator.
type shelf struct {
	dir     string
	threads int // of each training
	mu      sync.Mutex
	sets    map[study.DataSet]*dataset.Set // by name and images
}

func newShelf(dir string, threads int) *shelf {
	return &shelf{dir: dir, threads: threads, sets: make(map[study.DataSet]*dataset.Set)}
}

// open returns the data set that the study names, which need not have its
// hash.
func (s *shelf) open(want study.DataSet) (*dataset.Set, error) {
	want.Hash = ""
	s.mu.Lock()
	defer s.mu.Unlock()
	if set, ok := s.sets[want]; ok {
		return set, nil
	}
	set, err := dataset.Open(dataset.Options{Name: want.Name, Dir: s.dir, Images: want.Images})
	if err != nil {
		return nil, fmt.Errorf("open data set %s (%d images): %w", want.Name, want.Images, err)
	}
	s.sets[want] = set
	return set, nil
}

// Evaluate implements worker.Evaluator.
func (s *shelf) Evaluate(ctx context.Context, spec study.Spec, t study.Trial, p study.Progress) (study.Outcome, error) {
	set, err := s.open(spec.DataSet)
	if err != nil {
		return study.Outcome{}, err
	}
	return objective.NewEvaluator(set, s.threads).Evaluate(ctx, spec, t, p)
}
