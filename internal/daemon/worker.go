package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/goal-search/goal-search/api/client"
	"github.com/goal-search/goal-search/internal/worker"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
)

// WorkerConfig is how this process works for a server.
type WorkerConfig struct {
	Address string // HOST:PORT of the server
	Client  client.Config
	Name    string // "": of this machine and process
	Slots   int    // trials at a time; 0: one for each core
	Labels  map[string]string
	Study   string // the only one to work at; "": any that the worker fits
	DataDir string // "": the user's
	Version string // of goal-search
	Log     *slog.Logger
	Saving  worker.Saving // of running trials' states
	// Grace is how long running trials may go on once the worker drains; then
	// they are handed back.
	Grace time.Duration
}

// Work takes trials from the server and runs them. It returns nil when the one
// study that it works at has ended, the server drains it, or draining ends and
// no trial is left; when ctx ends before, it hands the running trials back.
func Work(ctx, draining context.Context, c WorkerConfig) (err error) {
	c.Client.Tried = (&outage{log: c.Log}).tried
	conn, err := client.New(c.Address, c.Client)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if c.Slots == 0 {
		c.Slots = runtime.GOMAXPROCS(0)
	}
	if c.Name == "" {
		c.Name = workerName()
	}
	remote, err := register(ctx, draining, conn, c)
	if err != nil || draining.Err() != nil {
		return err
	}
	c.Log.Info("registered", "server", c.Address, "worker", c.Name, "slots", c.Slots)
	if s := remote.Study(); s.State == study.StudyCompleted || s.State == study.StudyAborted {
		c.Log.Info("the study has ended", "study", s.Name, "state", s.State, "reason", s.StateReason)
	}
	sets := newShelf(c.DataDir, max(1, runtime.GOMAXPROCS(0)/c.Slots))
	w := worker.New(&fitting{Worker: remote, sets: sets, log: c.Log}, sets, worker.Config{
		Name:        c.Name,
		Slots:       c.Slots,
		Environment: study.Environment{Version: c.Version, KernelPath: trainer.KernelPath()},
		Checkpoints: remote,
		Saving:      c.Saving,
		Notify:      func(e worker.Event) { logEvent(c.Log, conn.StudyName(e.Trial.StudyID), e) },
	})
	leave := sync.OnceFunc(func() {
		if err := remote.Leave(context.WithoutCancel(ctx)); err != nil {
			c.Log.Warn("the server does not know that this worker leaves", "error", err)
		}
	})
	if c.Study != "" { // whose end is this worker's
		defer leave()
	}
	return runDraining(ctx, draining, w, leave, c.Grace)
}

// register makes the worker known, unless it is to leave before the server
// answers.
func register(ctx, draining context.Context, conn *client.Client, c WorkerConfig) (*client.Worker, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(draining, cancel)()
	remote, err := client.NewWorker(ctx, conn, client.WorkerConfig{
		Worker: study.Worker{Name: c.Name, Version: c.Version, KernelPath: trainer.KernelPath(), Slots: c.Slots, Labels: c.Labels},
		Study:  c.Study,
	})
	switch {
	case draining.Err() != nil:
		return remote, nil
	case errors.Is(err, study.ErrNotFound):
		return nil, fmt.Errorf("--study %q: %w at server %s", c.Study, study.ErrNotFound, c.Address)
	}
	return remote, err
}

// errGrace is why trials are handed back.
var errGrace = errors.New("the worker was told to leave")

// runDraining runs the worker. Once draining ends, it takes no more trials, leaves,
// and hands back what is not finished after the grace.
func runDraining(ctx, draining context.Context, w *worker.Worker, leave func(), grace time.Duration) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	left := make(chan struct{})
	stop := context.AfterFunc(draining, func() {
		defer close(left)
		w.Drain()
		time.AfterFunc(grace, func() { cancel(errGrace) })
		leave()
	})
	err := w.Run(ctx)
	if !stop() {
		<-left
	}
	if errors.Is(err, errGrace) {
		return nil
	}
	return err
}

// fitting hands back what this worker cannot run, and tells the server why.
type fitting struct {
	*client.Worker
	sets *shelf
	log  *slog.Logger
}

// TakeTrial implements worker.Coordinator.
func (f *fitting) TakeTrial(ctx context.Context, slot string, e study.Environment) (study.Spec, study.Trial, study.Lease, error) {
	for {
		spec, t, l, err := f.Worker.TakeTrial(ctx, slot, e)
		if err != nil {
			return spec, t, l, err
		}
		unfit := f.check(spec.DataSet)
		if unfit == nil {
			return spec, t, l, nil
		}
		f.log.Warn("a study's data set does not fit", "data_set", spec.DataSet.Name, "error", unfit)
		if err := f.HandBackTrial(ctx, l, unfit.Error()); err != nil && !errors.Is(err, study.ErrLeaseLost) {
			return spec, t, l, err
		}
	}
}

// check opens the data set and notes what came of it.
func (f *fitting) check(want study.DataSet) error {
	set, err := f.sets.open(want)
	if err != nil {
		f.Opened(study.DataSet{Name: want.Name, Images: want.Images})
		return err
	}
	f.Opened(study.DataSet{Name: want.Name, Images: want.Images, Hash: set.Hash})
	if set.Hash != want.Hash {
		return fmt.Errorf("%w: its %s (%d images) has hash %s, the worker's has %s", study.ErrUnfit, want.Name, want.Images, want.Hash, set.Hash)
	}
	return nil
}
