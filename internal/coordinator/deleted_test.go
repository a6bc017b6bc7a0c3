package coordinator

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/goal-search/goal-search/study"
)

// finishAll takes and finishes a trial for each value.
func finishAll(t *testing.T, c *Coordinator, values ...float64) {
	t.Helper()
	for _, value := range values {
		_, lease := take(t, c)
		finish(t, c, lease, value)
	}
}

func remove(t *testing.T, store study.Store, number int) {
	t.Helper()
	if _, err := store.DeleteTrial(t.Context(), 1, number); err != nil {
		t.Fatal(err)
	}
}

func TestSuggestionsDoNotSeeWhatWasDeleted(t *testing.T) {
	const trials = 8
	c, store := start(t, trials)
	finishAll(t, c, 0.2, 0.9, 0.5)
	before := c.history.seenBy(3)
	kept := slices.Clone(before)
	_, lease := take(t, c) // suggested before, finished after
	remove(t, store, 1)
	got, next := take(t, c)
	all, err := store.Trials(t.Context(), 1, study.Filter{Order: study.ByRank, Deleted: true})
	if err != nil {
		t.Fatal(err)
	}
	for what, differs := range map[string]bool{"what is seen": false, "what was seen": true} {
		seen := study.Seen(all, got.Number)
		if differs {
			seen = study.Seen(all, 0)
		}
		want, err := hashSampler{}.Suggest(c.spec.Space, c.spec.Sampler.Seed, got.Number, seen)
		if err != nil || (want["x"] != got.Parameters["x"]) != differs {
			t.Errorf("suggested %v, from %s it is %v, error %v", got.Parameters, what, want, err)
		}
	}
	if !reflect.DeepEqual(before, kept) {
		t.Errorf("what a sampler was given became %+v, it was %+v", before, kept)
	}
	standing, err := c.Standing(t.Context())
	if err != nil || standing.Finished != 3 || standing.Best == nil || standing.Best.Number != 2 {
		t.Errorf("standing %+v, error %v; want 3 finished with trial 2 as the best", standing, err)
	}
	finish(t, c, lease, 0.3)
	finish(t, c, next, 0.4)
	remove(t, store, 2)
	finishAll(t, c, 0.1, 0.6)
	remove(t, store, 6)
	finishAll(t, c, 0.7)
	checkWhole(t, store, c.study, trials)
}

// A coordinator that was not there when a trial was deleted suggests the same as one
// that was.
func TestCoordinatorLearnsOfDeletionsHoweverLate(t *testing.T) {
	c, store := start(t, 9)
	finishAll(t, c, 0.2, 0.9, 0.5)
	remove(t, store, 1)
	_, lease := take(t, c)
	remove(t, store, 0)
	finish(t, c, lease, 0.3)
	remove(t, store, 3)
	late := New(store, hashSampler{}, c.study, c.config)
	for _, each := range []*Coordinator{c, late} {
		if err := each.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(c.history.trials, late.history.trials) || c.history.best.Number != 2 || late.history.best.Number != 2 {
		t.Errorf("one knows %+v, the other %+v", c.history.trials, late.history.trials)
	}
}

// deletingSampler deletes a trial while it suggests for the first time.
type deletingSampler struct {
	hashSampler
	t     *testing.T
	store study.Store
	asked *int
}

func (s deletingSampler) Suggest(space study.Space, seed uint64, number int, history []study.Trial) (study.Parameters, error) {
	if *s.asked++; *s.asked == 1 {
		remove(s.t, s.store, 0)
	}
	return s.hashSampler.Suggest(space, seed, number, history)
}

func TestSuggestionUnderWayIsMadeAnewWhenATrialIsDeleted(t *testing.T) {
	c, store := start(t, 2)
	finishAll(t, c, 0.2)
	asked := 0
	c.sampler = deletingSampler{t: t, store: store, asked: &asked}
	got, lease := take(t, c)
	want, err := hashSampler{}.Suggest(c.spec.Space, c.spec.Sampler.Seed, 1, nil)
	if err != nil || asked != 2 || got.Number != 1 || got.Saw != 1 || !maps.Equal(got.Parameters, c.spec.Space.Complete(want)) {
		t.Errorf("asked %d times, got %+v; want trial 1 asked for twice, with %v, error %v", asked, got, want, err)
	}
	finish(t, c, lease, 0.5)
	checkWhole(t, store, c.study, 2)
}

func TestStopRulesDoNotSeeWhatWasDeleted(t *testing.T) {
	target := 0.9
	for name, test := range map[string]struct {
		budget study.Budget
		before []float64 // the best of these is deleted
		after  []float64 // with which the study ends
	}{
		"target":   {study.Budget{Trials: 9, Target: &target}, []float64{0.95}, []float64{0.5, 0.9}},
		"patience": {study.Budget{Trials: 9, Patience: 2}, []float64{0.9, 0.3}, []float64{0.2, 0.1}},
		"trials":   {study.Budget{Trials: 3}, []float64{0.9, 0.3}, []float64{0.1}},
	} {
		t.Run(name, func(t *testing.T) {
			c, store := startWith(t, test.budget)
			finishAll(t, c, test.before...)
			remove(t, store, 0)
			finishAll(t, c, test.after...)
			if err := c.Settle(t.Context()); !errors.Is(err, study.ErrEnded) {
				t.Errorf("got error %v, want %v", err, study.ErrEnded)
			}
			remove(t, store, 1)
			if err := c.Settle(t.Context()); !errors.Is(err, study.ErrEnded) {
				t.Errorf("after a deletion: got error %v, want %v", err, study.ErrEnded)
			}
		})
	}
}
