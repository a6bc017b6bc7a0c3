package storetest

import (
	"errors"

	"github.com/goal-search/goal-search/study"
)

var deletingRules = []rule{
	{"DeleteTrial leaves all that is known of a trial, with when and from which trial on it is not seen", func(f *fixture) {
		s := f.mixed()
		want, measured := f.trial(s, 0), f.measurements(s, 0)
		f.Advance(ttl / 4)
		got := f.remove(s, 0)
		want.DeletedAt, want.UnseenFrom = s.CreatedAt.Add(ttl/4), 7
		f.same("deleted", got, want)
		stored, err := f.Another(f.T).Trial(f.Context(), s.ID, 0)
		f.must(err)
		f.same("stored", stored, want)
		f.same("measurements", f.measurements(s, 0), measured)
		f.same("a trial that was not deleted", f.trial(s, 6).Deleted(), false)
	}},
	{"a deleted trial is listed no more, unless it is asked for", func(f *fixture) {
		s := f.mixed()
		f.remove(s, 0)
		f.remove(s, 1)
		f.same("all", numbers(f.trials(s, study.Filter{})), []int{2, 3, 4, 5, 6})
		f.same("by rank", numbers(f.trials(s, study.Filter{Order: study.ByRank})), []int{2, 6})
		f.same("by state", numbers(f.trials(s, study.Filter{States: []study.TrialState{study.Complete}})), []int{6})
		f.same("a page", numbers(f.trials(s, study.Filter{Limit: 2})), []int{2, 3})
		f.same("deleted ones too", numbers(f.trials(s, study.Filter{Deleted: true})), []int{0, 1, 2, 3, 4, 5, 6})
		f.same("deleted ones too, by rank", numbers(f.trials(s, study.Filter{Deleted: true, Order: study.ByRank, AfterRank: 1})), []int{0, 6, 1})
	}},
	{"UnseenFrom chooses what was deleted since the study had so many trials, with its attempts", func(f *fixture) {
		s := f.mixed()
		f.same("none", numbers(f.trials(s, study.Filter{UnseenFrom: 1})), nil)
		first := f.remove(s, 0)
		f.addUnder(s, 7, 1)
		second := f.remove(s, 6)
		f.same("all", f.trials(s, study.Filter{UnseenFrom: 7}), []study.Trial{first, second})
		f.same("of 8 trials", f.trials(s, study.Filter{UnseenFrom: 8}), []study.Trial{second})
		f.same("of 9 trials", numbers(f.trials(s, study.Filter{UnseenFrom: 9})), nil)
	}},
	{"the number and the rank of a deleted trial stay taken, and it counts towards the budget", func(f *fixture) {
		s := f.create("first", 2)
		f.addFinished(s, 0, 1)
		f.remove(s, 0)
		_, _, err := f.Store.AddTrial(f.Context(), s.ID, newTrial(0), f.claimUnder(1))
		f.fails("its number again", err, study.ErrNumberTaken)
		f.addUnder(s, 1, 1)
		f.remove(s, 0)
		_, err = f.Store.EnqueueTrial(f.Context(), s.ID, point(2), 1)
		f.fails("a full study", err, study.ErrBudget)
		f.must(f.Store.SetBudget(f.Context(), s.ID, study.Budget{Trials: 3}))
		more, err := f.Store.EnqueueTrial(f.Context(), s.ID, point(2), 1)
		f.must(err)
		f.same("number", more.Number, 2)
		_, l := f.claim(s, "bob")
		f.same("rank", f.finish(l, complete(1)).Rank, 2)
	}},
	{"DeleteTrial of a waiting trial fails it first", func(f *fixture) {
		s := f.create("first", 10)
		f.addWaiting(s, 0)
		got := f.remove(s, 0)
		f.same("deleted", []any{got.State, got.Rank, got.Reason != "", got.UnseenFrom}, []any{study.Failed, 1, true, 1})
		_, _, err := f.Store.ClaimTrial(f.Context(), s.ID, claim("bob"))
		f.fails("claim", err, study.ErrNoTrial)
		events := f.events(s, 0, 100)
		f.same("events", kinds(events[len(events)-2:]), []study.EventKind{study.TrialFinished, study.TrialDeleted})
	}},
	{"DeleteTrial of a running trial is ErrTransition and changes nothing, even when its lease has expired", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		f.Advance(2 * ttl)
		before := f.trials(s, study.Filter{Deleted: true})
		_, err := f.Store.DeleteTrial(f.Context(), s.ID, 0)
		f.fails("delete", err, study.ErrTransition)
		f.same("trials", f.trials(s, study.Filter{Deleted: true}), before)
		f.finish(l, complete(1))
		f.remove(s, 0)
	}},
	{"DeleteTrial again changes nothing and returns the same", func(f *fixture) {
		s := f.mixed()
		first, events := f.remove(s, 0), len(f.events(s, 0, 100))
		f.Advance(ttl / 4)
		epoch := f.hold(s, "ada")
		f.same("again", f.remove(s, 0), first)
		f.same("events", len(f.events(s, 0, 100)), events)
		f.same("epoch", f.hold(s, "ada"), epoch)
	}},
	{"DeleteTrial of what is not there is ErrNotFound", func(f *fixture) {
		s := f.create("first", 10)
		_, err := f.Store.DeleteTrial(f.Context(), s.ID, 0)
		f.fails("unknown trial", err, study.ErrNotFound)
		_, err = f.Store.DeleteTrial(f.Context(), s.ID+1, 0)
		f.fails("unknown study", err, study.ErrNotFound)
	}},
	{"a suggestion that was made before a trial was deleted is fenced, and the next one is not", func(f *fixture) {
		s := f.create("first", 10)
		f.addFinished(s, 0, 1)
		epoch := f.hold(s, "ada")
		f.remove(s, 0)
		_, _, err := f.Store.AddTrial(f.Context(), s.ID, newTrial(1), f.claimUnder(epoch))
		f.fails("add", err, study.ErrFenced)
		again := f.hold(s, "bob") // at once: nobody holds it
		if again <= epoch {
			f.Errorf("epoch %d follows epoch %d", again, epoch)
		}
		f.addUnder(s, 1, again)
	}},
	{"a suggestion that nobody held a lease for is fenced too", func(f *fixture) {
		s := f.create("first", 10)
		f.addFinished(s, 0, 1)
		f.remove(s, 0)
		_, _, err := f.Store.AddTrial(f.Context(), s.ID, newTrial(1), claim("ada"))
		f.fails("add", err, study.ErrFenced)
	}},
	{"deleting is an event, and changes no state of the study", func(f *fixture) {
		s := f.mixed()
		f.setState(s, study.StudyCompleted, "enough")
		before := int64(len(f.events(s, 0, 100)))
		f.remove(s, 6)
		f.same("events", f.events(s, before, 100), []study.Event{{Number: before + 1, Kind: study.TrialDeleted, At: s.CreatedAt, Trial: 6}})
		got, err := f.Store.Study(f.Context(), s.Name)
		f.must(err)
		f.same("state", got.State, study.StudyCompleted)
	}},
	{"of many that delete a trial and add the next, every one that is added saw what it says", func(f *fixture) {
		s := f.create("first", 100)
		for number := range 4 {
			f.addFinished(s, number, 1)
		}
		f.together(func(store study.Store, i int) error {
			if i%3 == 0 { // in both openings of the store
				_, err := store.DeleteTrial(f.Context(), s.ID, i%4)
				return err
			}
			return f.addWhatIsSeen(store, s)
		})
		all := f.trials(s, study.Filter{Deleted: true})
		for _, t := range all[4:] {
			f.same("seen", t.Parameters["hidden"], seenBy(all[:4], t.Number))
		}
	}},
}

// addWhatIsSeen adds the next trial, whose parameters say how many results its
// suggestion saw.
func (f *fixture) addWhatIsSeen(store study.Store, s study.Study) error {
	for {
		held, err := store.HoldSampling(f.Context(), s.ID, "ada", ttl)
		if err != nil {
			return err
		}
		all, err := store.Trials(f.Context(), s.ID, study.Filter{Deleted: true})
		if err != nil {
			return err
		}
		t := newTrial(held.Number)
		t.Parameters["hidden"] = seenBy(all[:4], t.Number)
		_, _, err = store.AddTrial(f.Context(), s.ID, t, f.claimUnder(held.Epoch))
		if !errors.Is(err, study.ErrFenced) && !errors.Is(err, study.ErrNumberTaken) {
			return err
		}
	}
}

// seenBy counts the results that the numbered suggestion sees.
func seenBy(finished []study.Trial, number int) float64 {
	complete := 0
	for _, t := range study.Seen(finished, number) {
		if t.State == study.Complete {
			complete++
		}
	}
	return float64(complete)
}

// remove deletes a trial.
func (f *fixture) remove(s study.Study, number int) study.Trial {
	f.Helper()
	t, err := f.Store.DeleteTrial(f.Context(), s.ID, number)
	f.must(err)
	return t
}

// claimUnder is a claim under a sampling lease.
func (f *fixture) claimUnder(epoch int64) study.Claim {
	c := claim("ada")
	c.SamplingEpoch = epoch
	return c
}

func kinds(events []study.Event) []study.EventKind {
	var all []study.EventKind
	for _, e := range events {
		all = append(all, e.Kind)
	}
	return all
}
