package coordinator

import (
	"context"

	"github.com/goal-search/goal-search/study"
)

// Report stores a measurement, which renews the lease.
func (d *Dispatcher) Report(ctx context.Context, l study.Lease, m study.Measurement) error {
	defer d.events.announce()
	return d.store.AddMeasurement(ctx, l, m)
}

// RenewLease prolongs the lease to a whole TTL from now.
func (d *Dispatcher) RenewLease(ctx context.Context, l study.Lease) error {
	_, err := d.store.RenewLease(ctx, l, d.config.LeaseTTL)
	return err
}

// FinishTrial ends the trial and returns it as the store keeps it, and the
// study when that was its last one.
func (d *Dispatcher) FinishTrial(ctx context.Context, l study.Lease, o study.Outcome) (study.Trial, error) {
	t, err := d.store.FinishTrial(ctx, l, o)
	if err != nil {
		return t, err
	}
	// Its error is nothing to this worker; the next one that asks settles.
	_ = d.settle(ctx, l.StudyID)
	d.Changed(l.StudyID)
	return t, nil
}

// settle completes the study when a bound of its budget is reached. Its desk may
// be another server's, or that of this one before it started anew.
func (d *Dispatcher) settle(ctx context.Context, id int64) error {
	d.mu.Lock()
	k, ok := d.desks[id]
	d.mu.Unlock()
	if !ok {
		s, err := d.store.StudyByID(ctx, id)
		if err != nil {
			return err
		}
		d.mu.Lock()
		k = d.desk(s)
		d.mu.Unlock()
	}
	return k.Settle(ctx)
}

// HandBackTrial makes the trial waiting again.
func (d *Dispatcher) HandBackTrial(ctx context.Context, l study.Lease, reason string) error {
	defer d.Changed(l.StudyID)
	return d.store.HandBackTrial(ctx, l, reason)
}

// Changed wakes those who wait for a trial of the study, or for its events.
func (d *Dispatcher) Changed(studyID int64) {
	d.mu.Lock()
	if k, ok := d.desks[studyID]; ok {
		k.quietUntil = k.quietUntil.Add(-d.config.PollInterval)
	}
	d.readAt = d.readAt.Add(-d.config.PollInterval)
	d.mu.Unlock()
	d.changes.announce()
	d.events.announce()
}

// NextEvent returns a channel that is closed when something happens here in
// any study. What happens on other servers it does not see.
func (d *Dispatcher) NextEvent() <-chan struct{} { return d.events.next() }
