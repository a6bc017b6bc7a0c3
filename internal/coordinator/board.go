package coordinator

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/goal-search/goal-search/study"
)

// turn is a desk to ask, with its study as it was then.
type turn struct {
	desk    *desk
	study   study.Study
	running int
}

// turnsFor returns the studies that the worker can serve and where there may
// be a trial: the highest priority first, and among equals the one with the
// fewest running trials.
func (d *Dispatcher) turnsFor(ctx context.Context, ask Ask) ([]turn, error) {
	if ask.Study != "" {
		k, err := d.turnOf(ctx, ask)
		return []turn{k}, err
	}
	if err := d.refresh(ctx); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var turns []turn
	now := time.Now()
	for _, k := range d.desks {
		if fits(k.study, ask) == nil && !now.Before(k.quietUntil) {
			turns = append(turns, turn{k, k.study, k.running})
		}
	}
	slices.SortFunc(turns, func(a, b turn) int {
		return cmp.Or(
			cmp.Compare(b.study.Priority, a.study.Priority),
			cmp.Compare(a.running, b.running),
			cmp.Compare(a.study.ID, b.study.ID),
		)
	})
	return turns, nil
}

// turnOf returns the study that is asked for, or says why it gives no trial.
func (d *Dispatcher) turnOf(ctx context.Context, ask Ask) (turn, error) {
	s, err := d.store.Study(ctx, ask.Study)
	if err != nil {
		return turn{}, err
	}
	d.Notice(s)
	if err := s.State.HandsOut(s.StateReason); errors.Is(err, study.ErrEnded) {
		return turn{}, err
	}
	if err := fits(s, ask); err != nil {
		return turn{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return turn{desk: d.desk(s), study: s}, nil
}

// desk returns the study's desk, and makes it when there is none.
func (d *Dispatcher) desk(s study.Study) *desk {
	if k, ok := d.desks[s.ID]; ok {
		k.study = s
		return k
	}
	suggest, err := d.newSampler(s.Spec.Sampler.Name)
	if err != nil {
		suggest = noSampler{err}
	}
	k := &desk{Coordinator: New(d.store, suggest, s, d.config), study: s}
	d.desks[s.ID] = k
	return k
}

// noSampler is that of a study whose sampler this version does not know: the
// study fails when it is asked, and the others go on.
type noSampler struct{ err error }

// Suggest implements Sampler.
func (n noSampler) Suggest(study.Space, uint64, int, []study.Trial) (study.Parameters, error) {
	return nil, n.err
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
	running, err := d.store.RunningByStudy(ctx)
	if err != nil {
		return err
	}
	d.update(all, running, readAt)
	d.noticeAll(all)
	return nil
}

func (d *Dispatcher) isFresh() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Since(d.readAt) < d.config.PollInterval
}

// update keeps what was read, and forgets studies that hand out no trials.
func (d *Dispatcher) update(all []study.Study, running map[int64]int, readAt time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	active := make(map[int64]bool)
	for _, s := range all {
		if s.State == study.StudyActive {
			active[s.ID] = true
			d.desk(s).running = running[s.ID]
		}
	}
	for id := range d.desks {
		if !active[id] {
			delete(d.desks, id)
		}
	}
	d.readAt = readAt
}
