package storetest

import (
	"time"

	"github.com/goal-search/goal-search/study"
)

var leaseRules = []rule{
	{"RenewLease prolongs the lease to ttl from now", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		f.Advance(ttl / 2)
		got, err := f.Store.RenewLease(f.Context(), l, 2*ttl)
		f.must(err)
		want := l
		want.ExpiresAt = s.CreatedAt.Add(ttl/2 + 2*ttl)
		f.same("lease", got, want)
		f.Advance(2*ttl - time.Microsecond)
		_, _, err = f.Store.ClaimTrial(f.Context(), s.ID, claim("bob"))
		f.fails("claim a microsecond before the end", err, study.ErrNoTrial)
		f.Advance(time.Microsecond)
		f.claim(s, "bob")
	}},
	{"even a lease that has expired, which nobody has taken since, can be renewed", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		f.Advance(10 * ttl)
		_, err := f.Store.RenewLease(f.Context(), l, ttl)
		f.must(err)
		_, _, err = f.Store.ClaimTrial(f.Context(), s.ID, claim("bob"))
		f.fails("claim", err, study.ErrNoTrial)
	}},
	{"even a lease that has expired, which nobody has taken since, can report, hand back and finish", func(f *fixture) {
		s := f.create("first", 10)
		_, a := f.add(s, 0)
		_, b := f.add(s, 1)
		_, c := f.add(s, 2)
		f.Advance(10 * ttl)
		f.must(f.Store.AddMeasurement(f.Context(), a, study.Measurement{Value: 0.5}))
		f.finish(b, complete(1))
		f.must(f.Store.HandBackTrial(f.Context(), c, "leaving"))
	}},
	{"once another has the trial, everything with the old lease is ErrLeaseLost and changes nothing", func(f *fixture) {
		s := f.create("first", 10)
		_, old := f.add(s, 0)
		f.Advance(ttl)
		f.claim(s, "bob")
		f.refusesAll(s, old)
	}},
	{"the old lease stays lost when the same worker takes the trial again", func(f *fixture) {
		s := f.create("first", 10)
		_, old := f.add(s, 0)
		f.Advance(ttl)
		f.claim(s, "ada")
		f.refusesAll(s, old)
	}},
	{"after handing back, everything with that lease is ErrLeaseLost and changes nothing", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		f.must(f.Store.HandBackTrial(f.Context(), l, "leaving"))
		f.refusesAll(s, l)
		f.claim(s, "bob")
		f.refusesAll(s, l)
	}},
	{"a made-up lease is ErrLeaseLost and changes nothing", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		f.addWaiting(s, 1)
		for _, forge := range []func(l *study.Lease){
			func(l *study.Lease) { l.Token = "" },
			func(l *study.Lease) { l.Token += "x" },
			func(l *study.Lease) { l.Attempt++ },
			func(l *study.Lease) { l.Attempt = 0 },
			func(l *study.Lease) { l.Number = 1 },
			func(l *study.Lease) { l.Number, l.Token = 1, "" },
			func(l *study.Lease) { l.Number = 7 },
			func(l *study.Lease) { l.StudyID += 100 },
		} {
			forged := l
			forge(&forged)
			f.refusesAll(s, forged)
		}
	}},
	{"HandBackTrial ends the attempt and makes the trial waiting again", func(f *fixture) {
		s := f.create("first", 10)
		first, l := f.add(s, 0)
		f.Advance(time.Second)
		f.must(f.Store.HandBackTrial(f.Context(), l, "the node is drained \xff"))
		want := first
		want.State = study.Waiting
		want.Attempts[0].Ended, want.Attempts[0].EndedAt = study.AttemptHandedBack, s.CreatedAt.Add(time.Second)
		want.Attempts[0].Reason = "the node is drained \uFFFD"
		f.same("trial", f.trial(s, 0), want)
	}},
	{"a lease holds in every process", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		other := f.Another(f.T)
		_, err := other.RenewLease(f.Context(), l, ttl)
		f.must(err)
		f.must(other.AddMeasurement(f.Context(), l, study.Measurement{Value: 0.5}))
		_, err = other.FinishTrial(f.Context(), l, complete(1))
		f.must(err)
		f.same("state", f.trial(s, 0).State, study.Complete)
	}},
	{"a renewal of no length is refused", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		for _, d := range []time.Duration{0, -time.Second} {
			if _, err := f.Store.RenewLease(f.Context(), l, d); err == nil {
				f.Errorf("renewed by %v", d)
			}
		}
	}},
}

// refusesAll checks that nothing can be done with a lease that holds nothing.
func (f *fixture) refusesAll(s study.Study, l study.Lease) {
	f.Helper()
	before := f.trials(s, study.Filter{})
	_, err := f.Store.RenewLease(f.Context(), l, ttl)
	f.fails("renew", err, study.ErrLeaseLost)
	f.fails("report", f.Store.AddMeasurement(f.Context(), l, study.Measurement{Value: 0.5}), study.ErrLeaseLost)
	f.fails("hand back", f.Store.HandBackTrial(f.Context(), l, "leaving"), study.ErrLeaseLost)
	for _, o := range []study.Outcome{complete(1), {State: study.Pruned, Value: 1}, {State: study.Failed, Reason: "none"}} {
		_, err = f.Store.FinishTrial(f.Context(), l, o)
		f.fails("finish", err, study.ErrLeaseLost)
	}
	f.same("trials", f.trials(s, study.Filter{}), before)
	for _, t := range before {
		f.same("measurements", len(f.measurements(s, t.Number)), 0)
	}
}
