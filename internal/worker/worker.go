package worker

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/goal-search/goal-search/study"
)

// Coordinator hands out the trials of a search and takes what came of them.
type Coordinator interface {
	// TakeTrial waits for a trial that the worker may run. study.ErrEnded: there
	// will be none.
	TakeTrial(ctx context.Context, worker string, e study.Environment) (study.Spec, study.Trial, study.Lease, error)
	// Report stores a measurement and renews the lease. study.ErrStop: it did,
	// and the trial is to stop.
	Report(ctx context.Context, l study.Lease, m study.Measurement) error
	// RenewLease says that the worker is alive. The lease ends LeaseTTL after
	// the last renewal. study.ErrStop: as Report.
	RenewLease(ctx context.Context, l study.Lease) error
	FinishTrial(ctx context.Context, l study.Lease, o study.Outcome) (study.Trial, error)
	HandBackTrial(ctx context.Context, l study.Lease, reason string) error
	LeaseTTL() time.Duration
}

// Checkpoints keeps the states of running trials, so that another attempt goes
// on from there. Both methods do what study.Store's do.
type Checkpoints interface {
	SaveCheckpoint(ctx context.Context, l study.Lease, epoch int, state []byte) error
	LoadCheckpoint(ctx context.Context, l study.Lease) (study.Checkpoint, []byte, error)
}

// Evaluator finds out what a trial's parameters are worth. It reports each
// epoch and returns at once when that fails, with the same error, or when ctx
// ends, with its error. What is wrong with the trial itself is no error but a
// failed outcome. study.ErrState: it can do nothing with the state.
type Evaluator interface {
	Evaluate(ctx context.Context, spec study.Spec, t study.Trial, p study.Progress) (study.Outcome, error)
}

// Config is how a worker works. Its zero value has one slot and no name.
type Config struct {
	Name        string // the slots are Name/1, Name/2, …
	Slots       int    // trials at a time; 0 is 1
	Environment study.Environment
	Checkpoints Checkpoints // nil: every attempt begins anew
	Saving      Saving
	Notify      func(Event) // told of everything that happens, from several goroutines; may be nil
}

// Worker runs trials until there are no more, or until it is stopped in one
// of two ways: by Drain, or by the end of Run's context.
type Worker struct {
	coordinator Coordinator
	evaluator   Evaluator
	config      Config
	draining    context.Context // ends when the worker drains
	drain       context.CancelFunc
}

// New returns a worker that has not started.
func New(c Coordinator, e Evaluator, config Config) *Worker {
	if config.Slots == 0 {
		config.Slots = 1
	}
	if config.Notify == nil {
		config.Notify = func(Event) {}
	}
	w := &Worker{coordinator: c, evaluator: e, config: config}
	w.draining, w.drain = context.WithCancel(context.Background())
	return w
}

// Drain lets the running trials finish and takes no more. It returns at once
// and may be called again; Run returns when the last trial has finished.
func (w *Worker) Drain() { w.drain() }

// Run returns nil when no trial is left to take or the worker has drained.
// When ctx ends, it hands the running trials back and returns ctx's error. An
// error that concerns more than one trial, such as a full disk, ends all
// slots and is returned.
func (w *Worker) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var slots sync.WaitGroup
	for i := range w.config.Slots {
		slots.Go(func() {
			if err := w.runSlot(ctx, fmt.Sprintf("%s/%d", w.config.Name, i+1)); err != nil {
				cancel(err) // the first one is the cause of the others
			}
		})
	}
	slots.Wait()
	return context.Cause(ctx)
}

// runSlot runs one trial after the other.
func (w *Worker) runSlot(ctx context.Context, name string) error {
	taking, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(w.draining, cancel)() // wakes a slot that waits for a trial
	for w.draining.Err() == nil && ctx.Err() == nil {
		spec, trial, lease, err := w.coordinator.TakeTrial(taking, name, w.config.Environment)
		switch {
		case errors.Is(err, study.ErrEnded), errors.Is(err, study.ErrDraining):
			return nil
		case err != nil && taking.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return fmt.Errorf("take a trial: %w", err)
		}
		if err := w.runTrial(ctx, spec, trial, lease); err != nil {
			return err
		}
	}
	return context.Cause(ctx) // nil when it has drained
}
