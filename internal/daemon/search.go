package daemon

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/goal-search/goal-search/internal/coordinator"
	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/internal/worker"
	"github.com/goal-search/goal-search/sampler"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// NoLostMax bounds the lost attempts of a trial of a search in one process: there
// it is the user who ends the process, not the trial.
const NoLostMax = -1

// SearchConfig is how this process works at a study.
type SearchConfig struct {
	Workers  int    // trials at a time, at least 1
	Version  string // of goal-search
	Notify   func(worker.Event)
	LeaseTTL time.Duration // 0 is the coordinator's default
	Saving   worker.Saving // of running trials' states
}

// Search works at one study in this process. Others may do so too.
type Search struct {
	coordinator *coordinator.Coordinator
	worker      *worker.Worker
}

// NewSearch prepares to work at the study. The data set must be the study's.
func NewSearch(store study.Store, s study.Study, set *dataset.Set, c SearchConfig) (*Search, error) {
	suggest, err := sampler.New(s.Spec.Sampler.Name)
	if err != nil {
		return nil, err
	}
	if err := CheckData(s, set); err != nil {
		return nil, err
	}
	coordinator := coordinator.New(store, suggest, s, coordinator.Config{
		LeaseTTL: c.LeaseTTL,
		LostMax:  NoLostMax,
	})
	evaluator := objective.NewEvaluator(set, max(1, runtime.GOMAXPROCS(0)/c.Workers))
	return &Search{
		coordinator: coordinator,
		worker: worker.New(coordinator, evaluator, worker.Config{
			Name:  workerName(),
			Slots: c.Workers,
			Environment: study.Environment{
				Version:    c.Version,
				KernelPath: trainer.KernelPath(),
				DataHash:   set.Hash,
			},
			Checkpoints: store,
			Saving:      c.Saving,
			Notify:      c.Notify,
		}),
	}, nil
}

// CheckData tells whether the data set is the one that the study was made
// with. Other images would make its trials incomparable.
func CheckData(s study.Study, set *dataset.Set) error {
	if s.Spec.DataSet.Hash == set.Hash {
		return nil
	}
	return fmt.Errorf("study %s was made with other images: its %s (%d images) has hash %s, the one here has %s",
		s.Name, s.Spec.DataSet.Name, s.Spec.DataSet.Images, s.Spec.DataSet.Hash, set.Hash)
}

// Run returns nil when no trial is left or the search has drained. When ctx
// ends, it hands the running trials back and returns ctx's cause.
func (s *Search) Run(ctx context.Context) error { return s.worker.Run(ctx) }

// Drain lets the running trials finish and starts no more.
func (s *Search) Drain() { s.worker.Drain() }

// Standing says how far the study has come, in all processes together.
func (s *Search) Standing(ctx context.Context) (coordinator.Standing, error) {
	return s.coordinator.Standing(ctx)
}

// workerName tells a user which process, on which machine, has a trial.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown-host"
	}
	return fmt.Sprintf("%s:%d", host, os.Getpid())
}
