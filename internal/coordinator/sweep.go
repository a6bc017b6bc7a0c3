package coordinator

import (
	"context"
	"errors"

	"github.com/goal-search/goal-search/study"
)

// Sweep does what no worker's call does where none calls: it completes the
// studies whose wall time is over, forgets those that have ended, and lets go of
// the trials that nobody ends there.
func (d *Dispatcher) Sweep(ctx context.Context) error {
	d.mu.Lock()
	d.readAt = d.readAt.Add(-d.config.PollInterval)
	d.mu.Unlock()
	if err := d.refresh(ctx); err != nil {
		return err
	}
	var errs []error
	for _, id := range d.timed() {
		if err := d.store.CompleteOverdue(ctx, id); err != nil && !errors.Is(err, study.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	released, err := ReleaseAbandoned(ctx, d.store, d.config.LostMax)
	for _, id := range released {
		d.Changed(id)
	}
	return errors.Join(append(errs, err)...)
}

// timed returns the IDs of the studies whose wall time is bounded.
func (d *Dispatcher) timed() []int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	var ids []int64
	for id, k := range d.desks {
		if k.study.Budget.WallTime > 0 {
			ids = append(ids, id)
		}
	}
	return ids
}
