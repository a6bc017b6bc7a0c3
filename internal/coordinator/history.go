package coordinator

import (
	"context"
	"fmt"
	"slices"

	"github.com/goal-search/goal-search/study"
)

// history is the study's finished trials in the order of their ranks, deleted
// ones too, read once: later reads fetch only what is new.
type history struct {
	store   study.Store
	studyID int64
	trials  []study.Trial // trials[i] has rank i+1
	highest int           // largest number among trials; valid when there are any
	checked int           // what was highest when the deleted trials were last read
	best    *study.Trial  // nil while none is complete
	since   int           // complete trials that finished after the best one
}

// update reads what has finished since the last time, and what was deleted.
func (h *history) update(ctx context.Context) error {
	if err := h.readFinished(ctx); err != nil {
		return err
	}
	return h.readDeleted(ctx)
}

func (h *history) readFinished(ctx context.Context) error {
	fresh, err := h.store.Trials(ctx, h.studyID, study.Filter{AfterRank: len(h.trials), Order: study.ByRank, Deleted: true})
	if err != nil {
		return fmt.Errorf("read the finished trials: %w", err)
	}
	for _, t := range fresh {
		if t.Rank != len(h.trials)+1 {
			return fmt.Errorf("read the finished trials: rank %d follows rank %d: %w", t.Rank, len(h.trials), study.ErrCorrupt)
		}
		h.trials = append(h.trials, t)
		h.highest = max(h.highest, t.Number)
		h.judge(t)
	}
	return nil
}

// readDeleted marks what was deleted. A deletion names the number that comes
// next, so those since the last read are found by a number that was taken then.
func (h *history) readDeleted(ctx context.Context) error {
	deleted, err := h.store.Trials(ctx, h.studyID, study.Filter{UnseenFrom: h.checked + 1})
	if err != nil {
		return fmt.Errorf("read the deleted trials: %w", err)
	}
	h.checked = h.highest
	deleted = slices.DeleteFunc(deleted, func(t study.Trial) bool {
		later := t.Rank > len(h.trials) // it finished since they were read
		return later || h.trials[t.Rank-1].Deleted()
	})
	if len(deleted) == 0 {
		return nil
	}
	h.trials = slices.Clone(h.trials) // whoever was given the old ones keeps them
	for _, t := range deleted {
		h.trials[t.Rank-1] = t
	}
	h.best, h.since = nil, 0
	for _, t := range h.trials {
		h.judge(t)
	}
	return nil
}

func (h *history) judge(t study.Trial) {
	if t.State != study.Complete || t.Deleted() {
		return
	}
	candidates := []study.Trial{t}
	h.since++
	if h.best != nil {
		candidates = append(candidates, *h.best)
	}
	best, ok := study.Best(candidates)
	if !ok {
		return
	}
	if h.best == nil || *best.Value > *h.best.Value {
		h.since = 0
	}
	h.best = &best
}

// seenBy returns what the numbered suggestion sees of the finished trials, in the
// order of their ranks. The caller may keep it; nothing in it changes.
func (h *history) seenBy(number int) []study.Trial { return study.Seen(slices.Clip(h.trials), number) }
