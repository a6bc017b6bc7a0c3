package coordinator

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync/atomic"
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

// DefaultLostMax is how many workers a trial may take down before it is failed:
// the same parameters would take down the next one.
const DefaultLostMax = 5

// Config is how a coordinator works. The zero value is the default.
type Config struct {
	LeaseTTL     time.Duration // 0 is DefaultLeaseTTL
	PollInterval time.Duration // 0 is half a second
	// LostMax is how many attempts of a trial may be lost before it is failed; 0
	// is DefaultLostMax, and below 0 there is no bound.
	LostMax int
	// Holder names this process where several sample for one study, one at a
	// time. "" is a random name.
	Holder string
	// Failed is told why a study gives no trials, where other studies go on; nil:
	// nobody is.
	Failed func(study string, err error)
	// StateChanged is told of a study whose state is not the one in which a
	// Dispatcher saw it last, whoever changed it; nil: nobody is.
	StateChanged func(study.Study)
}

func (c Config) withDefaults() Config {
	c.LeaseTTL = cmp.Or(c.LeaseTTL, DefaultLeaseTTL)
	c.PollInterval = cmp.Or(c.PollInterval, pollInterval)
	c.LostMax = cmp.Or(c.LostMax, DefaultLostMax)
	c.Holder = cmp.Or(c.Holder, rand.Text())
	return c
}

// Coordinator serves one study. It may be used from many goroutines.
type Coordinator struct {
	store   study.Store
	sampler Sampler
	spec    study.Spec
	config  Config

	suggesting chan struct{} // holds one token: who has it may use history and study
	unsettled  atomic.Bool   // something has finished since whoever has the token settled
	history    *history
	study      study.Study // as last read
	changes    *broadcast  // of trials that end here
}

// New returns a coordinator of the study. The sampler must be the one that
// the study names.
func New(store study.Store, sampler Sampler, s study.Study, config Config) *Coordinator {
	c := &Coordinator{
		store: store, sampler: sampler, spec: s.Spec, study: s, config: config.withDefaults(),
		suggesting: make(chan struct{}, 1),
		history:    &history{store: store, studyID: s.ID},
		changes:    newBroadcast(),
	}
	c.suggesting <- struct{}{}
	return c
}

// LeaseTTL is how long a lease lasts unless renewed.
func (c *Coordinator) LeaseTTL() time.Duration { return c.config.LeaseTTL }

// TakeTrial returns a trial that was enqueued, lost or given back, or else a new
// one. When there is neither, or the study is paused, it waits. study.ErrBudget:
// all trials of the study are finished; study.ErrEnded: the study is.
func (c *Coordinator) TakeTrial(ctx context.Context, worker string, e study.Environment) (study.Spec, study.Trial, study.Lease, error) {
	claim := study.Claim{Worker: worker, Environment: e, TTL: c.config.LeaseTTL, LostMax: c.config.LostMax}
	for {
		changed := c.changes.next()
		t, l, err := c.take(ctx, claim)
		pause, waits := c.pauseAfter(err)
		if !waits {
			return c.spec, t, l, err
		}
		if err := wait(ctx, changed, pause); err != nil {
			return study.Spec{}, study.Trial{}, study.Lease{}, err
		}
	}
}

// samplingPause is how long to wait for another process to suggest a trial,
// which takes milliseconds.
const samplingPause = 25 * time.Millisecond

// pauseAfter tells whether, and how soon, a trial may be there.
func (c *Coordinator) pauseAfter(err error) (pause time.Duration, waits bool) {
	switch {
	case errors.Is(err, study.ErrHeld), errors.Is(err, study.ErrFenced):
		return min(samplingPause, c.config.PollInterval), true
	case errors.Is(err, study.ErrNoTrial), errors.Is(err, study.ErrPaused):
		return c.config.PollInterval, true
	}
	return 0, false
}

// take returns a trial if there is one now. ErrNoTrial: others are running
// the last ones.
func (c *Coordinator) take(ctx context.Context, claim study.Claim) (t study.Trial, l study.Lease, err error) {
	if err := c.enter(ctx); err != nil {
		return t, l, err
	}
	defer c.leave(ctx)
	c.unsettled.Store(false)
	if err := c.settle(ctx); err != nil {
		return t, l, err
	}
	err = c.patiently(ctx, func() error {
		t, l, err = c.store.ClaimTrial(ctx, c.study.ID, claim)
		return err
	})
	if errors.Is(err, study.ErrNoTrial) {
		t, l, err = c.suggest(ctx, claim)
	}
	if errors.Is(err, study.ErrTimeUp) {
		err = c.end(ctx, func() error { return c.store.CompleteOverdue(ctx, c.study.ID) })
		if err == nil { // somebody gave it more time
			err = study.ErrNoTrial
		}
	}
	return t, l, err
}

// wait ends with the next change, after the pause, or with ctx.
func wait(ctx context.Context, changed <-chan struct{}, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
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
	defer c.changes.announce()
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
	defer c.changes.announce()
	err := c.patiently(ctx, func() error { return c.store.HandBackTrial(ctx, l, reason) })
	if err != nil {
		return fmt.Errorf("hand back: %w", err)
	}
	return nil
}
