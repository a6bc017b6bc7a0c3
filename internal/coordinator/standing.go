package coordinator

import (
	"context"

	"github.com/goal-search/goal-search/study"
)

// Standing is how far the study has come, in all processes together.
type Standing struct {
	Finished int
	Trials   int          // the budget
	Best     *study.Trial // nil while none is complete
	State    study.StudyState
	Reason   string // why it is in that state
}

// Standing reads what has finished since the last time.
func (c *Coordinator) Standing(ctx context.Context) (Standing, error) {
	if err := c.enter(ctx); err != nil {
		return Standing{}, err
	}
	defer c.leave(ctx)
	err := c.patiently(ctx, func() error { return c.history.update(ctx) })
	if err == nil {
		err = c.readStudy(ctx)
	}
	return Standing{
		Finished: len(c.history.trials),
		Trials:   c.study.Budget.Trials,
		Best:     c.history.best,
		State:    c.study.State,
		Reason:   c.study.StateReason,
	}, err
}
