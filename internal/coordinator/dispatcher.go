package coordinator

import (
	"cmp"
	"context"
	"errors"
	"slices"
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
	desks      map[int64]*desk // of the studies that hand out trials, by ID
	readAt     time.Time       // when desks were last read; zero: they must be
	changes    *broadcast      // a trial may be there
	events     *broadcast      // something happened in a study
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
		desks: make(map[int64]*desk), changes: newBroadcast(), events: newBroadcast(),
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

// look returns a trial if there is one now; else, how long to wait before it
// is worth while to look again.
func (d *Dispatcher) look(ctx context.Context, ask Ask) (a Assignment, pause time.Duration, err error) {
	desks, err := d.desksFor(ctx, ask)
	if err != nil {
		return a, 0, err
	}
	pause = d.config.PollInterval
	for _, k := range desks {
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
func (d *Dispatcher) failed(k *desk, err error) {
	d.mu.Lock()
	k.quietUntil = time.Now().Add(failedPause)
	d.mu.Unlock()
	if d.config.Failed != nil {
		d.config.Failed(k.study.Name, err)
	}
}

// takeAt takes a trial of one study; else it says how long to wait.
func (d *Dispatcher) takeAt(ctx context.Context, k *desk, ask Ask) (a Assignment, pause time.Duration, err error) {
	t, l, err := k.take(ctx, d.claim(k.study, ask))
	pause, waits := k.pauseAfter(err)
	d.mu.Lock()
	defer d.mu.Unlock()
	if waits {
		if pause >= d.config.PollInterval {
			k.quietUntil = time.Now().Add(pause)
		}
		return a, pause, nil
	}
	if err != nil {
		d.readAt = time.Time{} // the study may have ended
		return a, 0, err
	}
	k.running++
	return Assignment{k.study, t, l}, 0, nil
}

func (d *Dispatcher) claim(s study.Study, ask Ask) study.Claim {
	return study.Claim{
		Worker:      ask.Worker,
		Environment: study.Environment{Version: ask.Version, KernelPath: ask.KernelPath, DataHash: s.Spec.DataSet.Hash},
		TTL:         d.config.LeaseTTL,
		LostMax:     d.config.LostMax,
	}
}

// desksFor returns the studies that the worker can serve and where there may
// be a trial: the highest priority first, and among equals the one with the
// fewest running trials.
func (d *Dispatcher) desksFor(ctx context.Context, ask Ask) ([]*desk, error) {
	if ask.Study != "" {
		k, err := d.deskOf(ctx, ask)
		return []*desk{k}, err
	}
	if err := d.refresh(ctx); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var desks []*desk
	now := time.Now()
	for _, k := range d.desks {
		if fits(k.study, ask) == nil && !now.Before(k.quietUntil) {
			desks = append(desks, k)
		}
	}
	slices.SortFunc(desks, func(a, b *desk) int {
		return cmp.Or(
			cmp.Compare(b.study.Priority, a.study.Priority),
			cmp.Compare(a.running, b.running),
			cmp.Compare(a.study.ID, b.study.ID),
		)
	})
	return desks, nil
}

// deskOf returns the study that is asked for, or says why it gives no trial.
func (d *Dispatcher) deskOf(ctx context.Context, ask Ask) (*desk, error) {
	s, err := d.store.Study(ctx, ask.Study)
	if err != nil {
		return nil, err
	}
	if err := s.State.HandsOut(s.StateReason); errors.Is(err, study.ErrEnded) {
		return nil, err
	}
	if err := fits(s, ask); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.desk(s)
}

// desk returns the study's desk, and makes it when there is none.
func (d *Dispatcher) desk(s study.Study) (*desk, error) {
	if k, ok := d.desks[s.ID]; ok {
		k.study = s
		return k, nil
	}
	suggest, err := d.newSampler(s.Spec.Sampler.Name)
	if err != nil {
		return nil, err
	}
	k := &desk{Coordinator: New(d.store, suggest, s, d.config), study: s}
	d.desks[s.ID] = k
	return k, nil
}

// refresh reads the studies and counts their running trials, unless it did so
// just now.
func (d *Dispatcher) refresh(ctx context.Context) error {
	d.refreshing.Lock()
	defer d.refreshing.Unlock()
	if d.isFresh() {
		return nil
	}
	readAt := time.Now()
	all, err := d.store.Studies(ctx)
	if err != nil {
		return err
	}
	running := make(map[int64]int) // by study, of those that hand out trials
	for _, s := range all {
		if s.State != study.StudyActive {
			continue
		}
		trials, err := d.store.Trials(ctx, s.ID, study.Filter{States: []study.TrialState{study.Running}})
		if err != nil && !errors.Is(err, study.ErrNotFound) {
			return err
		}
		running[s.ID] = len(trials)
	}
	return d.update(all, running, readAt)
}

func (d *Dispatcher) isFresh() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Since(d.readAt) < d.config.PollInterval
}

// update keeps what was read, and forgets studies that hand out no trials.
func (d *Dispatcher) update(all []study.Study, running map[int64]int, readAt time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range all {
		trials, active := running[s.ID]
		if !active {
			continue
		}
		k, err := d.desk(s)
		if err != nil {
			return err
		}
		k.running = trials
	}
	for id := range d.desks {
		if _, active := running[id]; !active {
			delete(d.desks, id)
		}
	}
	d.readAt = readAt
	return nil
}

// Serving returns a study whose trials are handed out here, by its ID.
func (d *Dispatcher) Serving(id int64) (study.Study, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k, ok := d.desks[id]
	if !ok {
		return study.Study{}, false
	}
	return k.study, true
}
