package coordinator

import (
	"context"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// settle reads the study and what has finished, and completes the study when a
// bound of its budget is reached. It returns nil while trials are handed out.
func (c *Coordinator) settle(ctx context.Context) error {
	if err := c.readStudy(ctx); err != nil {
		return err
	}
	if err := c.study.State.HandsOut(c.study.StateReason); err != nil {
		return err
	}
	if err := c.patiently(ctx, func() error { return c.history.update(ctx) }); err != nil {
		return err
	}
	if reason := c.history.reached(c.study.Budget); reason != "" {
		return c.end(ctx, func() error { return c.store.CompleteStudy(ctx, c.study.ID, c.study.Budget, reason) })
	}
	return nil
}

// readStudy looks what has become of budget and state.
func (c *Coordinator) readStudy(ctx context.Context) error {
	return c.patiently(ctx, func() error {
		s, err := c.store.StudyByID(ctx, c.study.ID) // it may have another name by now
		if err != nil {
			return fmt.Errorf("read study %s: %w", c.study.Name, err)
		}
		c.study = s
		return nil
	})
}

// reached says which bound of the budget is reached; "": none. The wall time is
// the store's to judge, by its own clock.
func (h *history) reached(b study.Budget) string {
	switch {
	case b.Target != nil && h.best != nil && *h.best.Value >= *b.Target:
		return fmt.Sprintf("trial %d reached the target: %g, wanted %g", h.best.Number, *h.best.Value, *b.Target)
	case b.Patience > 0 && h.since >= b.Patience:
		return fmt.Sprintf("%d complete trials in a row were not better than trial %d", h.since, h.best.Number)
	case len(h.trials) >= b.Trials:
		return fmt.Sprintf("all its %d trials are finished", b.Trials)
	}
	return ""
}

// end lets complete end the study, unless somebody has changed it meanwhile, and
// returns what a worker is told: ErrEnded, or nil when trials are handed out
// still.
func (c *Coordinator) end(ctx context.Context, complete func() error) error {
	if err := c.patiently(ctx, complete); err != nil {
		return err
	}
	if err := c.readStudy(ctx); err != nil {
		return err
	}
	return c.study.State.HandsOut(c.study.StateReason)
}

// Settle completes the study when a bound of its budget is reached. While another
// goroutine is at the study, it leaves that to it: who ends a trial does not wait
// for all who want one.
func (c *Coordinator) Settle(ctx context.Context) error {
	c.unsettled.Store(true)
	return c.settleLeft(ctx)
}

// settleLeft settles what was left to whoever is at the study.
func (c *Coordinator) settleLeft(ctx context.Context) (err error) {
	for c.unsettled.Load() {
		select {
		case <-c.suggesting:
		default:
			return nil // its holder does it
		}
		c.unsettled.Store(false)
		err = c.settle(ctx)
		c.suggesting <- struct{}{}
		if ctx.Err() != nil {
			c.unsettled.Store(true) // for the next one
			return err
		}
	}
	return err
}

// enter waits until this goroutine alone may use history and study, until it
// leaves.
func (c *Coordinator) enter(ctx context.Context) error {
	select {
	case <-c.suggesting:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// leave lets the next goroutine in, or settles what was left if there is none.
func (c *Coordinator) leave(ctx context.Context) {
	c.suggesting <- struct{}{}
	_ = c.settleLeft(ctx) // its error is nothing to who leaves; the next one settles too
}
