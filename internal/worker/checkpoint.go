package worker

import (
	"context"
	"errors"
	"time"

	"github.com/goal-search/goal-search/study"
)

// Saving says how often a running trial's state is saved: when both have
// passed since it was saved last, or the attempt began. Its zero value saves
// none.
type Saving struct {
	Every int           // epochs; 0: none is saved
	Pause time.Duration // at least
}

// DefaultSaving saves nothing of a short trial, and costs a long one little.
var DefaultSaving = Saving{Every: 1, Pause: time.Minute}

// A worker that is told to leave saves the last state that it kept in memory,
// which is not older than keepPause and an epoch. Saving one takes milliseconds
// for 100 neurons. saveTimeout bounds one try.
const (
	keepPause   = 2 * time.Second
	saveTimeout = time.Minute
)

// keeper keeps the states of one attempt. Only the evaluator's goroutine uses
// it.
type keeper struct {
	worker *Worker
	trial  study.Trial
	lease  study.Lease

	saved   mark
	kept    mark
	state   []byte // kept, but not saved; nil: there is none
	refused bool   // as too large; later ones will be too
}

// mark is an epoch and when it was over.
type mark struct {
	epoch int
	at    time.Time
}

func (w *Worker) newKeeper(t study.Trial, l study.Lease) *keeper {
	begin := mark{-1, time.Now()}
	return &keeper{worker: w, trial: t, lease: l, saved: begin, kept: begin}
}

// resume fills in the state that an earlier attempt left, if there is one. A
// first attempt does not ask.
func (k *keeper) resume(ctx context.Context, p *study.Progress) (study.Checkpoint, bool) {
	checkpoints := k.worker.config.Checkpoints
	if checkpoints == nil || k.lease.Attempt == 1 {
		return study.Checkpoint{}, false
	}
	c, state, err := checkpoints.LoadCheckpoint(ctx, k.lease)
	switch {
	case errors.Is(err, study.ErrNotFound):
		return c, false
	case err != nil:
		k.notify(Event{Kind: NotKept, Err: err})
		return c, false
	}
	k.notify(Event{Kind: Resumed, Checkpoint: c})
	p.State = state
	k.saved.epoch, k.kept.epoch = c.Epoch, c.Epoch
	return c, true
}

// beginAnew forgets a state that the evaluator can do nothing with.
func (k *keeper) beginAnew(p *study.Progress, why error) {
	k.notify(Event{Kind: NotKept, Err: why})
	p.State = nil
	k.saved.epoch, k.kept.epoch = -1, -1
}

// progress is what the evaluator calls after each epoch; nil: nothing is kept.
func (k *keeper) progress(ctx context.Context) func(epoch int, save func() ([]byte, error)) {
	if k.worker.config.Checkpoints == nil || k.worker.config.Saving.Every == 0 {
		return nil
	}
	return func(epoch int, save func() ([]byte, error)) { k.keep(ctx, mark{epoch, time.Now()}, save) }
}

// keep keeps the state in memory, and saves it when it is time to. What goes
// wrong is told and no more: the trial does not depend on it.
func (k *keeper) keep(ctx context.Context, now mark, save func() ([]byte, error)) {
	s := k.worker.config.Saving
	due := now.epoch-k.saved.epoch >= s.Every && now.at.Sub(k.saved.at) >= s.Pause
	if k.refused || !due && now.at.Sub(k.kept.at) < min(s.Pause, keepPause) {
		return
	}
	state, err := save()
	if err != nil {
		k.notify(Event{Kind: NotKept, Err: err})
		return
	}
	k.state, k.kept = state, now
	if due {
		k.save(ctx)
	}
}

// save saves the state that was kept. After a failure the next try is due no
// sooner than after a success.
func (k *keeper) save(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, saveTimeout)
	defer cancel()
	err := k.worker.config.Checkpoints.SaveCheckpoint(ctx, k.lease, k.kept.epoch, k.state)
	k.saved = mark{k.kept.epoch, time.Now()}
	if err != nil {
		if k.refused = errors.Is(err, study.ErrTooLarge); k.refused {
			k.state = nil
		}
		k.notify(Event{Kind: NotKept, Err: err})
		return
	}
	k.notify(Event{Kind: Saved, Checkpoint: study.Checkpoint{Attempt: k.lease.Attempt, Epoch: k.kept.epoch, Size: len(k.state)}})
	k.state = nil
}

// saveLast saves what an attempt leaves that ends without finishing its trial,
// though ctx may have ended.
func (k *keeper) saveLast(ctx context.Context) {
	if k.state == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handBackTimeout)
	defer cancel()
	k.save(ctx)
}

func (k *keeper) notify(e Event) {
	e.Trial = k.trial
	k.worker.config.Notify(e)
}
