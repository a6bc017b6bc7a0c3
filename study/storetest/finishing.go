package storetest

import (
	"math"
	"time"

	"github.com/goal-search/goal-search/study"
)

var finishRules = []rule{
	{"a finished trial has its outcome, time and rank, and so has its attempt", func(f *fixture) {
		s := f.create("first", 10)
		for number, o := range []study.Outcome{
			{State: study.Complete, Value: 0.9},
			{State: study.Pruned, Value: 0.1, Reason: "worse than the median"},
			{State: study.Failed, Reason: "no memory"},
		} {
			want, l := f.add(s, number)
			f.Advance(time.Second)
			got := f.finish(l, o)
			end := s.CreatedAt.Add(time.Duration(number+1) * time.Second)
			want.State, want.Rank, want.Reason, want.FinishedAt = o.State, number+1, o.Reason, end
			if o.State != study.Failed {
				want.Value = &o.Value
			}
			want.Attempts[0].Ended, want.Attempts[0].EndedAt, want.Attempts[0].Reason = string(o.State), end, o.Reason
			f.same("returned", got, want)
			f.same("read", f.trial(s, number), want)
		}
	}},
	{"final values read back bit for bit", func(f *fixture) {
		s := f.create("first", 10)
		for number, want := range []float64{math.Copysign(0, -1), 0, 1, math.SmallestNonzeroFloat64, -math.MaxFloat64, 1.0 / 3} {
			f.addFinished(s, number, want)
			if got := *f.trial(s, number).Value; math.Float64bits(got) != math.Float64bits(want) {
				f.Errorf("got %g, want %g", got, want)
			}
		}
	}},
	{"a final value that is not finite makes the trial failed, with the reason", func(f *fixture) {
		s := f.create("first", 10)
		for number, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			_, l := f.add(s, number)
			t := f.finish(l, complete(v))
			if t.State != study.Failed || t.Value != nil || t.Reason == "" {
				f.Errorf("%g: got %s, value %v, reason %q, want it failed with a reason", v, t.State, t.Value, t.Reason)
			}
			f.same("the same once more", f.finish(l, complete(v)), t)
		}
	}},
	{"a trial cannot finish as waiting or running", func(f *fixture) {
		s := f.create("first", 10)
		want, l := f.add(s, 0)
		for _, state := range []study.TrialState{study.Waiting, study.Running, ""} {
			_, err := f.Store.FinishTrial(f.Context(), l, study.Outcome{State: state})
			f.fails("finish", err, study.ErrTransition)
		}
		f.same("trial", f.trial(s, 0), want)
	}},
	{"ranks count the finished trials of the study in their order, from 1", func(f *fixture) {
		s, other := f.create("first", 10), f.create("second", 10)
		var leases []study.Lease
		for number := range 4 {
			_, l := f.add(s, number)
			leases = append(leases, l)
		}
		f.addFinished(other, 0, 1)
		for i, number := range []int{2, 0, 3, 1} {
			f.same("rank", f.finish(leases[number], complete(1)).Rank, i+1)
		}
	}},
	{"the same finish twice is the same as once", func(f *fixture) {
		s := f.create("first", 10)
		for number, o := range []study.Outcome{
			complete(0.5), {State: study.Pruned, Value: 0.1, Reason: "slow"}, {State: study.Failed}, {State: study.Failed, Reason: "bad \xff"},
		} {
			_, l := f.add(s, number)
			want := f.finish(l, o)
			f.Advance(time.Hour)
			f.same("repeated", f.finish(l, o), want)
			f.same("read", f.trial(s, number), want)
		}
	}},
	{"nothing leaves a final state: anything else after the end is ErrLeaseLost", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		want := f.finish(l, complete(0))
		for _, o := range []study.Outcome{
			complete(1), complete(math.Copysign(0, -1)), complete(math.NaN()),
			{State: study.Complete, Reason: "another"},
			{State: study.Pruned, Value: 0}, {State: study.Failed, Reason: "none"},
		} {
			_, err := f.Store.FinishTrial(f.Context(), l, o)
			f.fails("finish", err, study.ErrLeaseLost)
		}
		_, err := f.Store.RenewLease(f.Context(), l, ttl)
		f.fails("renew", err, study.ErrLeaseLost)
		f.fails("hand back", f.Store.HandBackTrial(f.Context(), l, "leaving"), study.ErrLeaseLost)
		f.same("trial", f.trial(s, 0), want)
	}},
	{"only the holder's own finish can be repeated", func(f *fixture) {
		s := f.create("first", 10)
		_, old := f.add(s, 0)
		f.Advance(ttl)
		_, l := f.claim(s, "bob")
		want := f.finish(l, complete(1))
		for _, forged := range []study.Lease{old, {StudyID: s.ID, Attempt: 2}, {StudyID: s.ID, Attempt: 1, Token: l.Token}} {
			_, err := f.Store.FinishTrial(f.Context(), forged, complete(1))
			f.fails("the same outcome with another lease", err, study.ErrLeaseLost)
		}
		f.same("trial", f.trial(s, 0), want)
	}},
	{"number, parameters, seed and what was seen never change", func(f *fixture) {
		s := f.create("first", 10)
		first, l := f.add(s, 0)
		f.must(f.Store.HandBackTrial(f.Context(), l, "leaving"))
		f.claim(s, "bob")
		f.Advance(ttl)
		_, l = f.claim(s, "eve")
		last := f.finish(l, complete(1))
		f.same("attempts", len(last.Attempts), 3)
		last.State, last.Rank, last.Value, last.FinishedAt = first.State, 0, nil, time.Time{}
		f.same("trial", withoutAttempts(last), withoutAttempts(first))
	}},
}
