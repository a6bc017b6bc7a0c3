package storetest

import (
	"fmt"
	"strings"
	"sync"

	"github.com/goal-search/goal-search/study"
)

var stoppingRules = []rule{
	{"EnqueueTrial stores a waiting trial with the next number, which is handed out", func(f *fixture) {
		s := f.create("first", 3)
		f.add(s, 0)
		got, err := f.Store.EnqueueTrial(f.Context(), s.ID, point(7), 99)
		f.must(err)
		want := study.Trial{StudyID: s.ID, Number: 1, State: study.Waiting, Parameters: point(7), Seed: 99, CreatedAt: s.CreatedAt}
		f.same("enqueued", got, want)
		taken, _ := f.claim(s, "bob")
		f.same("taken", taken.Number, 1)
	}},
	{"EnqueueTrial keeps to the budget and to the study's state", func(f *fixture) {
		s := f.create("first", 2)
		f.setState(s, study.StudyPaused, "")
		_, err := f.Store.EnqueueTrial(f.Context(), s.ID, point(0), 1)
		f.must(err)
		f.setState(s, study.StudyCompleted, "")
		_, err = f.Store.EnqueueTrial(f.Context(), s.ID, point(1), 1)
		f.fails("completed", err, study.ErrEnded)
		f.setState(s, study.StudyActive, "")
		_, err = f.Store.EnqueueTrial(f.Context(), s.ID, point(1), 1)
		f.must(err)
		_, err = f.Store.EnqueueTrial(f.Context(), s.ID, point(2), 1)
		f.fails("full", err, study.ErrBudget)
		_, err = f.Store.EnqueueTrial(f.Context(), s.ID+1, point(2), 1)
		f.fails("unknown study", err, study.ErrNotFound)
	}},
	{"many enqueue at once: every trial gets a number of its own, without gaps", func(f *fixture) {
		const each = 5
		s := f.create("first", 100)
		stores := []study.Store{f.Store, f.Another(f.T), f.Another(f.T)}
		var all sync.WaitGroup
		for _, store := range stores {
			all.Go(func() {
				for range each {
					if _, err := store.EnqueueTrial(f.Context(), s.ID, point(0), 1); err != nil {
						f.Error(err)
					}
				}
			})
		}
		all.Wait()
		for i, t := range f.trials(s, study.Filter{}) {
			f.same("number", t.Number, i)
		}
		f.same("trials", len(f.trials(s, study.Filter{})), each*len(stores))
	}},
	{"StopTrial fails a waiting trial at once, with the reason and a rank", func(f *fixture) {
		s := f.create("first", 10)
		f.addWaiting(s, 0)
		got, err := f.Store.StopTrial(f.Context(), s.ID, 0, "a mistake")
		f.must(err)
		if got.State != study.Failed || got.Rank != 1 || !strings.Contains(got.Reason, "a mistake") {
			f.Errorf("got %+v", got)
		}
		_, _, err = f.Store.ClaimTrial(f.Context(), s.ID, claim("bob"))
		f.fails("claim", err, study.ErrNoTrial)
	}},
	{"the holder of a running trial is told to stop, with what it reports stored", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		got, err := f.Store.StopTrial(f.Context(), s.ID, 0, "too slow")
		f.must(err)
		f.same("trial", []any{got.State, got.StopReason}, []any{study.Running, "too slow"})
		for range 2 {
			err = f.Store.AddMeasurement(f.Context(), l, study.Measurement{Value: 0.5})
			f.fails("report", err, study.ErrStop)
			if !strings.Contains(fmt.Sprint(err), "too slow") {
				f.Errorf("%v does not tell the reason", err)
			}
		}
		f.same("measurements", len(f.measurements(s, 0)), 1)
		renewed, err := f.Store.RenewLease(f.Context(), l, 2*ttl)
		f.fails("renew", err, study.ErrStop)
		f.same("renewed", renewed.ExpiresAt, s.CreatedAt.Add(2*ttl))
		f.finish(l, study.Outcome{State: study.Pruned, Value: 0.5, Reason: "stopped"})
	}},
	{"StopTrial of a trial that is stopping changes nothing, of a finished one is ErrTransition", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		for _, reason := range []string{"the first", "the second"} {
			_, err := f.Store.StopTrial(f.Context(), s.ID, 0, reason)
			f.must(err)
		}
		f.same("reason", f.trial(s, 0).StopReason, "the first")
		f.finish(l, complete(1))
		before := f.trial(s, 0)
		_, err := f.Store.StopTrial(f.Context(), s.ID, 0, "too late")
		f.fails("stop", err, study.ErrTransition)
		f.same("trial", f.trial(s, 0), before)
		_, err = f.Store.StopTrial(f.Context(), s.ID, 7, "")
		f.fails("unknown trial", err, study.ErrNotFound)
	}},
	{"a trial that lost so many workers fails, with each one's reason, and the next is handed out", func(f *fixture) {
		s := f.create("first", 10)
		f.add(s, 0)
		f.add(s, 1)
		c := claim("bob")
		c.LostMax = 3
		for range c.LostMax - 1 {
			f.Advance(ttl)
			t, _, err := f.Store.ClaimTrial(f.Context(), s.ID, c)
			f.must(err)
			f.same("number", t.Number, 0)
		}
		f.Advance(ttl)
		t, _, err := f.Store.ClaimTrial(f.Context(), s.ID, c)
		f.must(err)
		f.same("number", t.Number, 1)
		got := f.trial(s, 0)
		if got.State != study.Failed || got.Rank != 1 || !strings.Contains(got.Reason, "3 attempts were lost") {
			f.Errorf("got %+v", got)
		}
		for _, a := range got.Attempts {
			f.same("attempt", []any{a.Ended, a.Reason != ""}, []any{study.AttemptLost, true})
		}
	}},
	{"attempts that were handed back do not count as lost", func(f *fixture) {
		s := f.create("first", 10)
		f.addWaiting(s, 0)
		c := claim("bob")
		c.LostMax = 1
		for range 3 {
			_, l, err := f.Store.ClaimTrial(f.Context(), s.ID, c)
			f.must(err)
			f.must(f.Store.HandBackTrial(f.Context(), l, "leaving"))
		}
	}},
	{"when the last trial has lost so many workers, there is none", func(f *fixture) {
		s := f.create("first", 10)
		f.add(s, 0)
		f.Advance(ttl)
		c := claim("bob")
		c.LostMax = 1
		_, _, err := f.Store.ClaimTrial(f.Context(), s.ID, c)
		f.fails("claim", err, study.ErrNoTrial)
		f.same("state", f.trial(s, 0).State, study.Failed)
	}},
}
