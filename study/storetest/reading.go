package storetest

import (
	"math"

	"github.com/goal-search/goal-search/study"
)

var readRules = []rule{
	{"the zero filter chooses all trials, by number, with their attempts", func(f *fixture) {
		s := f.mixed()
		all := f.trials(s, study.Filter{})
		f.same("numbers", numbers(all), []int{0, 1, 2, 3, 4, 5, 6})
		for _, t := range all {
			want := 1
			if t.Number == 3 {
				want = 2
			}
			f.same("attempts", len(t.Attempts), want)
			for i, a := range t.Attempts {
				f.same("number of the attempt", a.Number, i+1)
			}
		}
	}},
	{"an empty study has no trials, an unknown one is ErrNotFound", func(f *fixture) {
		s := f.create("first", 10)
		f.same("trials", len(f.trials(s, study.Filter{})), 0)
		_, err := f.Store.Trials(f.Context(), 999, study.Filter{})
		f.fails("unknown study", err, study.ErrNotFound)
	}},
	{"States chooses by state", func(f *fixture) {
		s := f.mixed()
		for _, c := range []struct {
			states []study.TrialState
			want   []int
		}{
			{[]study.TrialState{study.Waiting}, []int{4}},
			{[]study.TrialState{study.Running}, []int{3, 5}},
			{[]study.TrialState{study.Running, study.Waiting}, []int{3, 4, 5}},
			{[]study.TrialState{study.Failed, study.Pruned}, []int{1, 2}},
			{[]study.TrialState{study.Complete}, []int{0, 6}},
			{[]study.TrialState{}, []int{0, 1, 2, 3, 4, 5, 6}},
			{[]study.TrialState{"unheard of"}, nil},
		} {
			f.same("numbers", numbers(f.trials(s, study.Filter{States: c.states})), c.want)
		}
	}},
	{"Numbers chooses those trials, as far as they are there", func(f *fixture) {
		s := f.mixed()
		got := f.trials(s, study.Filter{Numbers: []int{5, 3, 9, 3}})
		f.same("numbers", numbers(got), []int{3, 5})
		f.same("trial", got[0], f.trial(s, 3))
		f.same("with a state", numbers(f.trials(s, study.Filter{Numbers: []int{0, 1, 3}, States: []study.TrialState{study.Complete}})), []int{0})
		f.same("by rank", numbers(f.trials(s, study.Filter{Numbers: []int{0, 2, 3}, Order: study.ByRank})), []int{2, 0})
	}},
	{"the order ByRank chooses the finished ones in the order in which they finished", func(f *fixture) {
		s := f.mixed()
		got := f.trials(s, study.Filter{Order: study.ByRank})
		f.same("numbers", numbers(got), []int{2, 0, 6, 1})
		for i, t := range got {
			f.same("rank", t.Rank, i+1)
			f.same("attempts", len(t.Attempts), 1)
		}
	}},
	{"AfterRank chooses those that finished later", func(f *fixture) {
		s := f.mixed()
		f.same("by number", numbers(f.trials(s, study.Filter{AfterRank: 2})), []int{1, 6})
		f.same("by rank", numbers(f.trials(s, study.Filter{AfterRank: 2, Order: study.ByRank})), []int{6, 1})
		f.same("with a state", numbers(f.trials(s, study.Filter{AfterRank: 1, States: []study.TrialState{study.Complete}})), []int{0, 6})
		f.same("none", numbers(f.trials(s, study.Filter{AfterRank: 4})), nil)
	}},
	{"RunningByStudy counts the running trials of active studies, RunningByWorker those of all", func(f *fixture) {
		s := f.mixed()
		paused := f.create("paused", 10)
		f.add(paused, 0)
		_, _, err := f.Store.AddTrial(f.Context(), paused.ID, newTrial(1), claim("ada/2"))
		f.must(err)
		f.addFinished(paused, 2, 1)
		f.setState(paused, study.StudyPaused, "")
		f.create("idle", 10)
		byStudy, err := f.Store.RunningByStudy(f.Context())
		f.must(err)
		f.same("by study", byStudy, map[int64]int{s.ID: 2})
		byWorker, err := f.Store.RunningByWorker(f.Context())
		f.must(err)
		f.same("by worker", byWorker, map[string]int{"ada": 2, "bob": 1, "ada/2": 1})
	}},
	{"From and Limit choose a page, with all attempts of what is in it", func(f *fixture) {
		s := f.mixed()
		all := f.trials(s, study.Filter{})
		f.same("first page", f.trials(s, study.Filter{Limit: 4}), all[:4])
		f.same("last page", f.trials(s, study.Filter{From: 4, Limit: 4}), all[4:])
		f.same("with states", numbers(f.trials(s, study.Filter{From: 1, Limit: 2, States: []study.TrialState{study.Complete, study.Running}})), []int{3, 5})
		ranked := f.trials(s, study.Filter{Order: study.ByRank})
		f.same("by rank", f.trials(s, study.Filter{Order: study.ByRank, AfterRank: 1, Limit: 2}), ranked[1:3])
		f.same("beyond the end", numbers(f.trials(s, study.Filter{From: 7, Limit: 4})), nil)
	}},
	{"the order ByValue chooses those with a value, the largest first, equals by number", func(f *fixture) {
		s := f.valued()
		f.same("all", numbers(f.trials(s, study.Filter{Order: study.ByValue})), []int{4, 1, 6, 0, 2, 3, 5})
		f.same("complete", numbers(f.trials(s, study.Filter{Order: study.ByValue, States: []study.TrialState{study.Complete}})), []int{4, 1, 0, 2, 3, 5})
		f.same("the best", numbers(f.trials(s, study.Filter{Order: study.ByValue, Limit: 1})), []int{4})
		f.same("late ones", numbers(f.trials(s, study.Filter{Order: study.ByValue, AfterRank: 2})), []int{4, 6, 2, 3, 5})
		f.same("late numbers", numbers(f.trials(s, study.Filter{Order: study.ByValue, From: 3, Limit: 3})), []int{4, 6, 3})
		for _, t := range f.trials(s, study.Filter{Order: study.ByValue}) {
			f.same("trial", t, f.trial(s, t.Number))
		}
	}},
	{"After chooses what comes later ByValue, while trials finish", func(f *fixture) {
		s := f.valued()
		var got []int
		filter := study.Filter{Order: study.ByValue, Limit: 2}
		for number := 8; ; number++ {
			page := f.trials(s, filter)
			if len(page) == 0 {
				break
			}
			got = append(got, numbers(page)...)
			place, _ := study.PlaceOf(page[len(page)-1])
			filter.After = &place
			f.addFinished(s, number, 2) // comes before every page
		}
		f.same("numbers", got, []int{4, 1, 6, 0, 2, 3, 5})
		low := math.Nextafter(1.0/3, 0)
		f.same("a place of no trial", numbers(f.trials(s, study.Filter{Order: study.ByValue, After: &study.Place{Value: 1.0 / 3, Number: 5}})), []int{6, 0, 2, 3, 5})
		f.same("between places", numbers(f.trials(s, study.Filter{Order: study.ByValue, After: &study.Place{Value: low, Number: 0}})), []int{0, 2, 3, 5})
	}},
	{"MinValue chooses those with that value or a larger one, to the last bit", func(f *fixture) {
		s := f.valued()
		for _, c := range []struct {
			min  float64
			want []int
		}{
			{math.Nextafter(1.0/3, 1), []int{4}},
			{1.0 / 3, []int{1, 4, 6}},
			{0, []int{0, 1, 2, 3, 4, 6}},
			{math.Copysign(0, -1), []int{0, 1, 2, 3, 4, 6}},
			{-1e-300, []int{0, 1, 2, 3, 4, 5, 6}},
			{math.MaxFloat64, nil},
		} {
			f.same("by number", numbers(f.trials(s, study.Filter{MinValue: &c.min})), c.want)
		}
		third := 1.0 / 3
		f.same("by value", numbers(f.trials(s, study.Filter{MinValue: &third, Order: study.ByValue, Limit: 2})), []int{4, 1})
	}},
	{"Worker chooses the trials of which a worker made an attempt, in any of its slots", func(f *fixture) {
		s := f.create("first", 10)
		for number, worker := range []string{"node_1", "node_1/1", "node_1/12", "node_12/1", "nodex1/1", "NODE_1/1"} {
			_, l, err := f.Store.AddTrial(f.Context(), s.ID, newTrial(number), claim(worker))
			f.must(err)
			f.must(f.Store.HandBackTrial(f.Context(), l, "leaving"))
		}
		f.claim(s, "bob/1") // trial 0 in its second attempt
		for worker, want := range map[string][]int{
			"node_1": {0, 1, 2}, "node_1/1": {1}, "node_12": {3}, "bob": {0}, "node": nil, "node_%": nil, "1": nil,
		} {
			f.same(worker, numbers(f.trials(s, study.Filter{Worker: worker})), want)
		}
		f.same("a page", numbers(f.trials(s, study.Filter{Worker: "node_1", From: 1, Limit: 1})), []int{1})
	}},
	{"Trial returns one trial with its attempts, or ErrNotFound", func(f *fixture) {
		s := f.mixed()
		got, err := f.Store.Trial(f.Context(), s.ID, 3)
		f.must(err)
		f.same("trial", got, f.trial(s, 3))
		_, err = f.Store.Trial(f.Context(), s.ID, 7)
		f.fails("unknown trial", err, study.ErrNotFound)
		_, err = f.Store.Trial(f.Context(), s.ID+1, 0)
		f.fails("unknown study", err, study.ErrNotFound)
	}},
	{"Counts counts trials by state, and deleted ones apart", func(f *fixture) {
		s := f.mixed()
		f.create("other", 1)
		counts := func(id int64) study.Counts {
			c, err := f.Store.Counts(f.Context(), id)
			f.must(err)
			return c
		}
		states := map[study.TrialState]int{study.Waiting: 1, study.Running: 2, study.Complete: 2, study.Pruned: 1, study.Failed: 1}
		f.same("all", counts(s.ID), study.Counts{States: states})
		f.remove(s, 0)
		f.remove(s, 1)
		f.remove(s, 4)
		delete(states, study.Pruned)
		delete(states, study.Waiting)
		states[study.Complete] = 1
		f.same("without deleted ones", counts(s.ID), study.Counts{States: states, Deleted: 3})
		f.same("total, finished", []int{counts(s.ID).Total(), counts(s.ID).Finished()}, []int{7, 5})
		f.same("of an empty study", counts(s.ID+1), study.Counts{States: map[study.TrialState]int{}})
		_, err := f.Store.Counts(f.Context(), 999)
		f.fails("of an unknown study", err, study.ErrNotFound)
	}},
	{"ReadBest returns the best complete trial that is not deleted", func(f *fixture) {
		s := f.valued()
		best := func() (study.Trial, bool) {
			t, ok, err := study.ReadBest(f.Context(), f.Store, s.ID)
			f.must(err)
			want, any := study.Best(f.trials(s, study.Filter{}))
			f.same("best", t, want)
			f.same("whether there is one", ok, any)
			return t, ok
		}
		for _, number := range []int{4, 1, 0} {
			t, _ := best()
			f.same("number", t.Number, number)
			f.remove(s, number)
		}
		for _, number := range []int{2, 3, 5} {
			f.remove(s, number)
		}
		_, ok := best()
		f.same("of none that is complete", ok, false)
	}},
	{"trials of another study are never returned", func(f *fixture) {
		f.mixed()
		other := f.create("second", 10)
		f.addFinished(other, 0, 1)
		f.same("all", numbers(f.trials(other, study.Filter{})), []int{0})
		f.same("by rank", numbers(f.trials(other, study.Filter{Order: study.ByRank})), []int{0})
	}},
	{"another process reads the same", func(f *fixture) {
		s := f.mixed()
		got, err := f.Another(f.T).Trials(f.Context(), s.ID, study.Filter{})
		f.must(err)
		f.same("trials", got, f.trials(s, study.Filter{}))
	}},
}

// mixed makes a study with trials in every state: 2, 0, 6 and 1 finished in
// this order, 3 is running in its second attempt, 4 waiting, 5 running.
func (f *fixture) mixed() study.Study {
	f.Helper()
	s := f.create("mixed", 10)
	var leases []study.Lease
	for number := range 7 {
		_, l := f.add(s, number)
		leases = append(leases, l)
	}
	f.finish(leases[2], study.Outcome{State: study.Failed, Reason: "no memory"})
	f.finish(leases[0], complete(0.5))
	f.must(f.Store.HandBackTrial(f.Context(), leases[3], "leaving"))
	f.claim(s, "bob")
	f.must(f.Store.HandBackTrial(f.Context(), leases[4], "leaving"))
	f.finish(leases[6], complete(0.25))
	f.finish(leases[1], study.Outcome{State: study.Pruned, Value: 0.1, Reason: "slow"})
	return s
}

// valued makes a study of equal values and of some that differ in one bit: 1/3
// and the like, 0 and -0. Trial 6 is pruned, 7 has failed.
func (f *fixture) valued() study.Study {
	f.Helper()
	s := f.create("valued", 20)
	third := 1.0 / 3
	for number, v := range []float64{0, third, math.Copysign(0, -1), 0, math.Nextafter(third, 1), -1e-300} {
		f.addFinished(s, number, v)
	}
	_, l := f.add(s, 6)
	f.finish(l, study.Outcome{State: study.Pruned, Value: third})
	_, l = f.add(s, 7)
	f.finish(l, study.Outcome{State: study.Failed, Reason: "no memory"})
	return s
}

func numbers(trials []study.Trial) []int {
	var all []int
	for _, t := range trials {
		all = append(all, t.Number)
	}
	return all
}
