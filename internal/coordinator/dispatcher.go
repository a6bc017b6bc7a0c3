package coordinator

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/goal-search/goal-search/study"
)

// Dispatcher hands out the trials of many studies. It may be used from many
// goroutines, and several dispatchers, on several servers, may serve one
// database.
type Dispatcher struct {
	store      study.Store
	newSampler func(name string) (Sampler, error)
	config     Config

	refreshing sync.Mutex // held by who reads the studies, for all that ask
	mu         sync.Mutex
	desks      map[int64]*desk            // of the studies that hand out trials, by ID
	states     map[int64]study.StudyState // in which studies were seen last, by ID
	readAt     time.Time                  // when desks were last read; zero: they must be
	changes    *broadcast                 // a trial may be there
	events     *broadcast                 // something happened in a study
}

// desk is where a study's trials are handed out.
type desk struct {
	*Coordinator
	study      study.Study
	running    int       // trials, when they were last counted and since
	quietUntil time.Time // there was none, and nothing has happened since
}

// NewDispatcher returns a dispatcher of all the store's studies.
func NewDispatcher(store study.Store, newSampler func(name string) (Sampler, error), config Config) *Dispatcher {
	return &Dispatcher{
		store: store, newSampler: newSampler, config: config.withDefaults(),
		desks: make(map[int64]*desk), states: make(map[int64]study.StudyState), changes: newBroadcast(), events: newBroadcast(),
	}
}

// LeaseTTL is how long a lease lasts unless renewed.
func (d *Dispatcher) LeaseTTL() time.Duration { return d.config.LeaseTTL }

// Ask is a worker's wish for a trial.
type Ask struct {
	Study    string // "" is any study that the worker fits
	Worker   string // its name, and that of the slot
	Labels   map[string]string
	DataSets []study.DataSet // that the worker has opened, or, without a hash, cannot open
	Version  string
	// KernelPath is that of the worker's vector kernels.
	KernelPath string
}

// Assignment is a trial that was given to a worker.
type Assignment struct {
	Study study.Study
	Trial study.Trial
	Lease study.Lease
}

// Take returns a trial, or study.ErrNoTrial when there is none before patience
// ends; what it has begun then it ends as ctx says. Of a study that is named
// it returns study.ErrEnded, ErrUnfit and ErrNotFound; of any study there may
// always be a trial later.
func (d *Dispatcher) Take(ctx, patience context.Context, ask Ask) (Assignment, error) {
	for {
		changed := d.changes.next()
		a, pause, err := d.look(ctx, ask)
		if err != nil || pause == 0 {
			return a, err
		}
		if wait(patience, changed, pause) != nil {
			return Assignment{}, study.ErrNoTrial
		}
	}
}

// Given returns what Take gave to the request that ctx carries, even if the
// study gives no more. study.ErrNotFound: nothing.
func (d *Dispatcher) Given(ctx context.Context) (Assignment, error) {
	t, l, err := d.store.GivenTrial(ctx)
	if err != nil {
		return Assignment{}, err
	}
	s, err := d.studyOf(ctx, t, study.Study{})
	return Assignment{s, t, l}, err
}

// look returns a trial if there is one now; else, how long to wait before it
// is worth while to look again.
func (d *Dispatcher) look(ctx context.Context, ask Ask) (a Assignment, pause time.Duration, err error) {
	turns, err := d.turnsFor(ctx, ask)
	if err != nil {
		return a, 0, err
	}
	pause = d.config.PollInterval
	for _, k := range turns {
		a, wait, err := d.takeAt(ctx, k, ask)
		switch {
		case err == nil && wait == 0:
			return a, 0, nil
		case err == nil:
			pause = min(pause, wait)
		case ask.Study != "" || ctx.Err() != nil:
			return a, 0, err
		case !errors.Is(err, study.ErrEnded) && !errors.Is(err, study.ErrNotFound):
			d.failed(k, err) // and the other studies go on
		}
	}
	return a, pause, nil
}

// failedPause is how long a study that failed is left alone.
const failedPause = 10 * time.Second

// failed closes a desk for a while.
func (d *Dispatcher) failed(k turn, err error) {
	d.mu.Lock()
	k.desk.quietUntil = time.Now().Add(failedPause)
	d.mu.Unlock()
	if d.config.Failed != nil {
		d.config.Failed(k.study.Name, err)
	}
}

// takeAt takes a trial of one study; else it says how long to wait.
func (d *Dispatcher) takeAt(ctx context.Context, k turn, ask Ask) (a Assignment, pause time.Duration, err error) {
	t, l, err := k.desk.take(ctx, d.claim(k.study, ask))
	pause, waits := k.desk.pauseAfter(err)
	d.mu.Lock()
	switch {
	case waits && pause >= d.config.PollInterval:
		k.desk.quietUntil = time.Now().Add(pause)
	case err == nil:
		k.desk.running++
	case !waits:
		d.readAt = time.Time{} // the study may have ended
	}
	d.mu.Unlock()
	switch {
	case waits:
		return a, pause, nil
	case err != nil:
		return a, 0, err
	}
	s, err := d.studyOf(ctx, t, k.study)
	return Assignment{s, t, l}, 0, err
}

// studyOf returns the trial's study. It is not the one that gave the trial where
// a request is repeated: it gets the trial that it got first.
func (d *Dispatcher) studyOf(ctx context.Context, t study.Trial, from study.Study) (study.Study, error) {
	if t.StudyID == from.ID {
		return from, nil
	}
	return d.store.StudyByID(ctx, t.StudyID)
}

func (d *Dispatcher) claim(s study.Study, ask Ask) study.Claim {
	return study.Claim{
		Worker:      ask.Worker,
		Environment: study.Environment{Version: ask.Version, KernelPath: ask.KernelPath, DataHash: s.Spec.DataSet.Hash},
		TTL:         d.config.LeaseTTL,
		LostMax:     d.config.LostMax,
	}
}
