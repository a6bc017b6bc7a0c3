package coordinator

import (
	"context"
	"errors"
	"time"

	"github.com/goal-search/goal-search/study"
)

// A database that another process holds locked is tried again this often,
// first after a little time, then each time after twice as long: 6 s in all,
// beside the store's own waiting.
const (
	lockedTries      = 7
	lockedPauseFirst = 50 * time.Millisecond
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
