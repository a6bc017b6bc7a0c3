package coordinator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/goal-search/goal-search/study"
)

// suggestTries bounds how often one trial is suggested anew because another
// one was enqueued meanwhile.
const suggestTries = 50

// suggest makes a new trial from all results so far. ErrNoTrial: the budget is
// given out; ErrHeld: another process is sampling.
func (c *Coordinator) suggest(ctx context.Context, claim study.Claim) (t study.Trial, l study.Lease, err error) {
	for range suggestTries {
		t, l, err = c.add(ctx, claim)
		switch {
		case errors.Is(err, study.ErrBudget):
			return t, l, study.ErrNoTrial
		case !errors.Is(err, study.ErrNumberTaken):
			return t, l, err
		}
	}
	return t, l, fmt.Errorf("suggest a trial: others enqueued one %d times in a row: %w", suggestTries, err)
}

// samplingTTL bounds how long a process that dies while it suggests keeps the
// others from it.
const samplingTTL = 10 * time.Second

// add stores the next trial with the sampler's suggestion, which is made and
// stored under the sampling lease: what the sampler saw is what there was.
func (c *Coordinator) add(ctx context.Context, claim study.Claim) (t study.Trial, l study.Lease, err error) {
	ttl := min(samplingTTL, c.config.LeaseTTL)
	var held study.Sampling
	err = c.patiently(ctx, func() error {
		held, err = c.store.HoldSampling(ctx, c.study.ID, c.config.Holder, ttl)
		if err != nil {
			return err
		}
		return c.history.update(ctx)
	})
	if err != nil {
		return t, l, err
	}
	t, err = c.suggestion(held.Number, c.history.seenBy(held.Number))
	if err != nil {
		return t, l, err
	}
	claim.SamplingEpoch = held.Epoch
	err = c.patiently(ctx, func() error {
		t, l, err = c.store.AddTrial(ctx, c.study.ID, t, claim)
		return err
	})
	return t, l, err
}

// suggestion is a function of the study, the number and the results seen.
func (c *Coordinator) suggestion(number int, seen []study.Trial) (study.Trial, error) {
	spec := c.spec
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
