package coordinator

import (
	"context"
	"errors"
	"time"

	"github.com/goal-search/goal-search/study"
)

// silenceMax is how long after its lease a worker's trial is still its own in a
// study that hands out none. Nobody waits for the trial, and a worker whose line
// broke may come back with its result.
const silenceMax = 5 * time.Minute

// ReleaseAbandoned lets go of the trials of studies that hand out none, as
// study.Store says, and returns the IDs of those studies.
func ReleaseAbandoned(ctx context.Context, store study.Store, lostMax int) (ids []int64, err error) {
	ids, err = store.Abandoned(ctx, silenceMax)
	errs := []error{err}
	for _, id := range ids {
		if err := releaseAbandoned(ctx, store, id, lostMax); !errors.Is(err, study.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return ids, errors.Join(errs...)
}

func releaseAbandoned(ctx context.Context, store study.Store, id int64, lostMax int) error {
	for {
		more, err := store.ReleaseAbandoned(ctx, id, silenceMax, lostMax)
		if err != nil || !more {
			return err
		}
	}
}
