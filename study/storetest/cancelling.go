package storetest

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/goal-search/goal-search/study"
)

var cancelRules = []rule{
	{"every method ends with the context's error and does nothing", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		f.addWaiting(s, 1)
		before := f.trials(s, study.Filter{})
		ctx, cancel := context.WithCancel(f.Context())
		cancel()
		for what, act := range map[string]func() error{
			"CreateStudy": func() error {
				_, err := f.Store.CreateStudy(ctx, study.Study{Name: "second", Spec: spec(), Budget: study.Budget{Trials: 1}})
				return err
			},
			"Study":       func() error { _, err := f.Store.Study(ctx, "first"); return err },
			"Studies":     func() error { _, err := f.Store.Studies(ctx); return err },
			"SetBudget":   func() error { return f.Store.SetBudget(ctx, s.ID, study.Budget{Trials: 5}) },
			"RenameStudy": func() error { _, err := f.Store.RenameStudy(ctx, s.ID, "second"); return err },
			"DeleteStudy": func() error { return f.Store.DeleteStudy(ctx, s.ID) },
			"Histories":   func() error { return f.Store.Histories(ctx, s.ID, func(study.History) error { return nil }) },
			"ImportStudy": func() error {
				_, err := f.Store.ImportStudy(ctx, study.Study{Name: "second", Spec: spec(), Budget: study.Budget{Trials: 1}}, passing(nil))
				return err
			},
			"AddTrial":       func() error { _, _, err := f.Store.AddTrial(ctx, s.ID, newTrial(2), claim("ada")); return err },
			"ClaimTrial":     func() error { _, _, err := f.Store.ClaimTrial(ctx, s.ID, claim("ada")); return err },
			"RenewLease":     func() error { _, err := f.Store.RenewLease(ctx, l, ttl); return err },
			"AddMeasurement": func() error { return f.Store.AddMeasurement(ctx, l, measurement(0)) },
			"FinishTrial":    func() error { _, err := f.Store.FinishTrial(ctx, l, complete(1)); return err },
			"HandBackTrial":  func() error { return f.Store.HandBackTrial(ctx, l, "leaving") },
			"DeleteTrial":    func() error { _, err := f.Store.DeleteTrial(ctx, s.ID, 1); return err },
			"Trials":         func() error { _, err := f.Store.Trials(ctx, s.ID, study.Filter{}); return err },
			"Measurements":   func() error { _, err := f.Store.Measurements(ctx, s.ID, 0); return err },
		} {
			f.fails(what, act(), context.Canceled)
		}
		f.same("trials", f.trials(s, study.Filter{}), before)
		f.same("measurements", len(f.measurements(s, 0)), 0)
		all, err := f.Store.Studies(f.Context())
		f.must(err)
		f.same("studies", all, []study.Study{s})
	}},
	{"a method that is cut off in the middle has happened entirely or not at all", func(f *fixture) {
		const trials = 25
		s := f.create("first", trials)
		for number := range trials {
			f.cutOff(s, number)
		}
	}},
}

// cutOff adds and finishes a trial, each under a context that ends while the
// store is at it.
func (f *fixture) cutOff(s study.Study, number int) {
	f.Helper()
	ctx, cancel := context.WithTimeout(f.Context(), rand.N(3*time.Millisecond))
	_, l, addErr := f.Store.AddTrial(ctx, s.ID, newTrial(number), claim("ada"))
	cancel()
	all := f.trials(s, study.Filter{})
	switch {
	case addErr == nil && len(all) != number+1:
		f.Fatalf("the store says that it added trial %d, and has %d", number, len(all))
	case len(all) == number:
		_, l = f.add(s, number)
	case addErr != nil: // added, and the caller does not know: the lease ends by itself
		f.Advance(ttl)
		_, l = f.claim(s, "bob")
	}
	f.same("trial", f.trial(s, number).Parameters, point(number))
	ctx, cancel = context.WithTimeout(f.Context(), rand.N(3*time.Millisecond))
	_, finishErr := f.Store.FinishTrial(ctx, l, complete(float64(number)))
	cancel()
	t := f.trial(s, number)
	if finished := t.State == study.Complete && t.Rank == number+1; !finished && (finishErr == nil || t.State != study.Running || t.Rank != 0) {
		f.Fatalf("after a finish with error %v trial %d is %s with rank %d", finishErr, number, t.State, t.Rank)
	}
	f.same("rank", f.finish(l, complete(float64(number))).Rank, number+1)
}
