package coordinator

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/goal-search/goal-search/study"
)

// DefaultLeaseTTL is how long a worker may be silent before its trial goes to
// another. Workers renew four times in this time.
const DefaultLeaseTTL = 30 * time.Second

// pollInterval is how often a coordinator looks whether a trial of another
// process can be taken, once there are no new ones.
const pollInterval = 500 * time.Millisecond

// Sampler suggests a point of the space for the numbered trial. It is a pure
// function of its arguments; history is in the order of finishing.
type Sampler interface {
	Suggest(space study.Space, seed uint64, number int, history []study.Trial) (study.Parameters, error)
}

// Config is how a coordinator works. The zero value is the default.
type Config struct {
	LeaseTTL     time.Duration // 0 is DefaultLeaseTTL
	PollInterval time.Duration // 0 is half a second
}

// Coordinator serves one study. It may be used from many goroutines.
type Coordinator struct {
	store   study.Store
	sampler Sampler
	study   study.Study
	config  Config

	suggesting chan struct{} // holds one token: who has it may use history and budget
	history    *history
	mu         sync.Mutex
	changed    chan struct{} // closed when a trial ends here
}

// New returns a coordinator of the study. The sampler must be the one that
// the study names.
func New(store study.Store, sampler Sampler, s study.Study, config Config) *Coordinator {
	if config.LeaseTTL == 0 {
		config.LeaseTTL = DefaultLeaseTTL
	}
	if config.PollInterval == 0 {
		config.PollInterval = pollInterval
	}
	c := &Coordinator{
		store: store, sampler: sampler, study: s, config: config,
		suggesting: make(chan struct{}, 1),
		history:    &history{store: store, studyID: s.ID},
		changed:    make(chan struct{}),
	}
	c.suggesting <- struct{}{}
	return c
}

// LeaseTTL is how long a lease lasts unless renewed.
func (c *Coordinator) LeaseTTL() time.Duration { return c.config.LeaseTTL }

// TakeTrial returns a trial that was lost or given back, or else a new one.
// When there is neither, it waits for those of other workers, which may be
// lost yet; study.ErrBudget: all trials of the study are finished.
func (c *Coordinator) TakeTrial(ctx context.Context, worker string, e study.Environment) (study.Spec, study.Trial, study.Lease, error) {
	claim := study.Claim{Worker: worker, Environment: e, TTL: c.config.LeaseTTL}
	for {
		changed := c.nextChange()
		t, l, err := c.take(ctx, claim)
		if !errors.Is(err, study.ErrNoTrial) {
			return c.study.Spec, t, l, err
		}
		if err := c.wait(ctx, changed); err != nil {
			return study.Spec{}, study.Trial{}, study.Lease{}, err
		}
	}
}

// take returns a trial if there is one now. ErrNoTrial: others are running
// the last ones.
func (c *Coordinator) take(ctx context.Context, claim study.Claim) (t study.Trial, l study.Lease, err error) {
	select {
	case <-c.suggesting:
		defer func() { c.suggesting <- struct{}{} }()
	case <-ctx.Done():
		return t, l, ctx.Err()
	}
	err = c.patiently(ctx, func() error {
		t, l, err = c.store.ClaimTrial(ctx, c.study.ID, claim)
		return err
	})
	if !errors.Is(err, study.ErrNoTrial) {
		return t, l, err
	}
	return c.suggest(ctx, claim)
}

// wait ends with the next change, after the poll interval, or with ctx.
func (c *Coordinator) wait(ctx context.Context, changed <-chan struct{}) error {
	timer := time.NewTimer(c.config.PollInterval)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// nextChange returns a channel that is closed when a trial ends.
func (c *Coordinator) nextChange() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

func (c *Coordinator) announceChange() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.changed)
	c.changed = make(chan struct{})
}

// Report stores a measurement, which renews the lease.
func (c *Coordinator) Report(ctx context.Context, l study.Lease, m study.Measurement) error {
	err := c.patiently(ctx, func() error { return c.store.AddMeasurement(ctx, l, m) })
	if err != nil {
		return fmt.Errorf("report epoch %d: %w", m.Epoch, err)
	}
	return nil
}

// RenewLease prolongs the lease to a whole TTL from now.
func (c *Coordinator) RenewLease(ctx context.Context, l study.Lease) error {
	err := c.patiently(ctx, func() error {
		_, err := c.store.RenewLease(ctx, l, c.config.LeaseTTL)
		return err
	})
	if err != nil {
		return fmt.Errorf("renew the lease: %w", err)
	}
	return nil
}

// FinishTrial ends the trial and returns it as the store keeps it.
func (c *Coordinator) FinishTrial(ctx context.Context, l study.Lease, o study.Outcome) (t study.Trial, err error) {
	defer c.announceChange()
	err = c.patiently(ctx, func() error {
		t, err = c.store.FinishTrial(ctx, l, o)
		return err
	})
	if err != nil {
		return t, fmt.Errorf("finish: %w", err)
	}
	return t, nil
}

// HandBackTrial makes the trial waiting again.
func (c *Coordinator) HandBackTrial(ctx context.Context, l study.Lease, reason string) error {
	defer c.announceChange()
	err := c.patiently(ctx, func() error { return c.store.HandBackTrial(ctx, l, reason) })
	if err != nil {
		return fmt.Errorf("hand back: %w", err)
	}
	return nil
}
