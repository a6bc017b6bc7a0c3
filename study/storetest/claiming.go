package storetest

import (
	"errors"
	"time"

	"github.com/goal-search/goal-search/study"
)

var claimRules = []rule{
	{"ErrNoTrial when nothing is waiting", func(f *fixture) {
		s := f.create("first", 10)
		_, _, err := f.Store.ClaimTrial(f.Context(), s.ID, claim("bob"))
		f.fails("no trials at all", err, study.ErrNoTrial)
		f.addFinished(s, 0, 1)
		f.add(s, 1)
		_, _, err = f.Store.ClaimTrial(f.Context(), s.ID, claim("bob"))
		f.fails("one finished, one running", err, study.ErrNoTrial)
	}},
	{"an unknown study is ErrNotFound", func(f *fixture) {
		_, _, err := f.Store.ClaimTrial(f.Context(), 999, claim("bob"))
		f.fails("claim", err, study.ErrNotFound)
	}},
	{"a trial of another study is never given", func(f *fixture) {
		a, b := f.create("first", 10), f.create("second", 10)
		f.addWaiting(a, 0)
		_, _, err := f.Store.ClaimTrial(f.Context(), b.ID, claim("bob"))
		f.fails("claim", err, study.ErrNoTrial)
	}},
	{"the waiting trial with the lowest number is given", func(f *fixture) {
		s := f.create("first", 10)
		f.addFinished(s, 0, 1)
		for number := 1; number < 4; number++ {
			f.addWaiting(s, number)
		}
		for want := 1; want < 4; want++ {
			t, l := f.claim(s, "bob")
			f.same("numbers", []int{t.Number, l.Number}, []int{want, want})
		}
	}},
	{"an expired trial counts as waiting: the lowest number of both is given", func(f *fixture) {
		s := f.create("first", 10)
		f.add(s, 0)
		f.addWaiting(s, 1)
		f.add(s, 2)
		f.Advance(ttl)
		for want := range 3 {
			t, _ := f.claim(s, "bob")
			f.same("number", t.Number, want)
		}
		_, _, err := f.Store.ClaimTrial(f.Context(), s.ID, claim("bob"))
		f.fails("claim a fourth", err, study.ErrNoTrial)
	}},
	{"a waiting trial goes before an expired one with a higher number", func(f *fixture) {
		s := f.create("first", 10)
		f.addWaiting(s, 0)
		f.add(s, 1)
		f.Advance(ttl)
		t, _ := f.claim(s, "bob")
		f.same("number", t.Number, 0)
	}},
	{"a live lease is never taken: it ends at ExpiresAt, not before", func(f *fixture) {
		s := f.create("first", 10)
		f.add(s, 0)
		f.Advance(ttl - time.Microsecond)
		_, _, err := f.Another(f.T).ClaimTrial(f.Context(), s.ID, claim("bob"))
		f.fails("claim a microsecond before", err, study.ErrNoTrial)
		f.Advance(time.Microsecond)
		t, _ := f.claim(s, "bob")
		f.same("number", t.Number, 0)
	}},
	{"the next attempt has the same number, parameters and seed, and a token of its own", func(f *fixture) {
		s := f.create("first", 10)
		first, l := f.add(s, 0)
		f.Advance(ttl)
		second, m := f.claim(s, "bob")
		f.same("lease", m, study.Lease{
			StudyID: s.ID, Number: 0, Attempt: 2, Token: m.Token, ExpiresAt: s.CreatedAt.Add(2 * ttl),
		})
		if m.Token == l.Token || m.Token == "" {
			f.Errorf("got token %q after %q, want another one", m.Token, l.Token)
		}
		f.same("trial", withoutAttempts(second), withoutAttempts(first))
	}},
	{"a lost attempt is kept with its reason", func(f *fixture) {
		s := f.create("first", 10)
		first, _ := f.add(s, 0)
		f.Advance(2 * ttl)
		f.claim(s, "bob")
		got := f.trial(s, 0).Attempts
		if len(got) != 2 || got[0].Reason == "" {
			f.Fatalf("got attempts %+v, want two, the first with a reason", got)
		}
		want := first.Attempts[0]
		want.EndedAt, want.Ended, want.Reason = s.CreatedAt.Add(2*ttl), study.AttemptLost, got[0].Reason
		f.same("first attempt", got[0], want)
		f.same("second attempt", got[1], study.Attempt{
			Number: 2, Worker: "bob", Environment: claim("bob").Environment, StartedAt: s.CreatedAt.Add(2 * ttl),
		})
	}},
	{"a full study's trials can be claimed still", func(f *fixture) {
		s := f.create("first", 1)
		f.addWaiting(s, 0)
		f.claim(s, "bob")
	}},
	{"a finished trial is never given", func(f *fixture) {
		s := f.create("first", 10)
		for number, o := range []study.Outcome{
			complete(1), {State: study.Pruned, Value: 1}, {State: study.Failed, Reason: "no memory"},
		} {
			_, l := f.add(s, number)
			f.finish(l, o)
		}
		f.Advance(100 * ttl)
		if t, _, err := f.Store.ClaimTrial(f.Context(), s.ID, claim("bob")); !errors.Is(err, study.ErrNoTrial) {
			f.Errorf("got trial %d, error %v, want %v", t.Number, err, study.ErrNoTrial)
		}
	}},
}

func withoutAttempts(t study.Trial) study.Trial {
	t.Attempts = nil
	return t
}
