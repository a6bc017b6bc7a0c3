package coordinator

import (
	"context"
	"errors"
	"time"

	"github.com/goal-search/goal-search/study"
)

// A database that another process holds locked is tried again a few times,
// beside the store's own waiting, each time after twice as long a pause.
const (
	lockedTries      = 4
	lockedPauseFirst = 100 * time.Millisecond
)

// patiently repeats transition while the database is locked. Every transition
// is all or nothing, so repeating it is safe.
func (c *Coordinator) patiently(ctx context.Context, transition func() error) error {
	pause := lockedPauseFirst
	for try := 1; ; try++ {
		err := transition()
		if !errors.Is(err, study.ErrLocked) || try == lockedTries {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
		pause *= 2
	}
}
