package coordinator

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/goal-search/goal-search/study"
)

// suggestTries bounds how often one trial is suggested anew because another
// process was faster. Each time somebody got a trial, so all do in the end.
const suggestTries = 50

// suggest makes a new trial from all results so far. ErrNoTrial: the budget is
// given out, but not every trial is finished; ErrBudget: all are.
func (c *Coordinator) suggest(ctx context.Context, claim study.Claim) (study.Trial, study.Lease, error) {
	var none study.Trial
	for range suggestTries {
		number, unfinished, err := c.readNext(ctx)
		if err != nil {
			return none, study.Lease{}, err
		}
		if number >= c.study.Budget.Trials {
			if err := c.readBudget(ctx); err != nil {
				return none, study.Lease{}, err
			}
		}
		if number >= c.study.Budget.Trials {
			return none, study.Lease{}, usedUp(unfinished)
		}
		t, l, err := c.add(ctx, number, claim)
		switch {
		case errors.Is(err, study.ErrNumberTaken):
			continue
		case errors.Is(err, study.ErrBudget): // lowered since we read it
			err = c.readBudget(ctx)
			if err == nil {
				continue
			}
		}
		return t, l, err
	}
	return none, study.Lease{}, fmt.Errorf("suggest a trial: other processes were faster %d times in a row", suggestTries)
}

func usedUp(unfinished int) error {
	if unfinished > 0 {
		return study.ErrNoTrial
	}
	return study.ErrBudget
}

func (c *Coordinator) readNext(ctx context.Context) (number, unfinished int, err error) {
	err = c.patiently(ctx, func() error {
		number, unfinished, err = c.history.next(ctx)
		return err
	})
	return number, unfinished, err
}

// readBudget looks whether the budget was changed since.
func (c *Coordinator) readBudget(ctx context.Context) error {
	return c.patiently(ctx, func() error {
		s, err := c.store.Study(ctx, c.study.Name)
		if err != nil {
			return fmt.Errorf("read the budget: %w", err)
		}
		c.study.Budget = s.Budget
		return nil
	})
}

// add stores the numbered trial with the sampler's suggestion.
func (c *Coordinator) add(ctx context.Context, number int, claim study.Claim) (t study.Trial, l study.Lease, err error) {
	t, err = c.suggestion(number, c.history.seen())
	if err != nil {
		return t, l, err
	}
	err = c.patiently(ctx, func() error {
		t, l, err = c.store.AddTrial(ctx, c.study.ID, t, claim)
		return err
	})
	return t, l, err
}

// suggestion is a function of the study, the number and the results seen.
func (c *Coordinator) suggestion(number int, seen []study.Trial) (study.Trial, error) {
	spec := c.study.Spec
	point, err := c.sampler.Suggest(spec.Space, spec.Sampler.Seed, number, seen)
	if err != nil {
		return study.Trial{}, fmt.Errorf("suggest trial %d: %w", number, err)
	}
	point = spec.Space.Complete(maps.Clone(point))
	if err := spec.Space.Check(point); err != nil {
		return study.Trial{}, fmt.Errorf("suggest trial %d: sampler %s: %w", number, spec.Sampler.Name, err)
	}
	return study.Trial{
		Number:     number,
		Parameters: point,
		Seed:       spec.TrainerSeed,
		Saw:        len(seen),
	}, nil
}
