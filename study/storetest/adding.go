package storetest

import (
	"math"

	"github.com/goal-search/goal-search/study"
)

var addRules = []rule{
	{"a new trial is stored as running, under a lease", func(f *fixture) {
		s := f.create("first", 10)
		got, l, err := f.Store.AddTrial(f.Context(), s.ID, newTrial(0), claim("ada"))
		f.must(err)
		want := newTrial(0)
		want.StudyID, want.State, want.CreatedAt = s.ID, study.Running, s.CreatedAt
		want.Attempts = []study.Attempt{{
			Number: 1, Worker: "ada", Environment: claim("ada").Environment, StartedAt: s.CreatedAt,
		}}
		f.same("trial", got, want)
		f.same("trial, read again", f.trial(s, 0), want)
		f.same("lease", l, study.Lease{
			StudyID: s.ID, Number: 0, Attempt: 1, Token: l.Token, ExpiresAt: s.CreatedAt.Add(ttl),
		})
	}},
	{"tokens cannot be guessed from one another", func(f *fixture) {
		s := f.create("first", 10)
		_, a := f.add(s, 0)
		_, b := f.add(s, 1)
		if len(a.Token) < 16 || a.Token == b.Token {
			f.Errorf("got tokens %q and %q", a.Token, b.Token)
		}
	}},
	{"numbers are given without gaps: any but the next one is ErrNumberTaken", func(f *fixture) {
		s := f.create("first", 10)
		f.add(s, 0)
		f.add(s, 1)
		for _, number := range []int{-1, 0, 1, 3} {
			_, _, err := f.Store.AddTrial(f.Context(), s.ID, newTrial(number), claim("ada"))
			f.fails("add", err, study.ErrNumberTaken)
		}
		f.same("trials", len(f.trials(s, study.Filter{})), 2)
		f.add(s, 2)
	}},
	{"a full study is ErrBudget, whether its trials are finished or not", func(f *fixture) {
		s := f.create("first", 2)
		f.addFinished(s, 0, 1)
		f.add(s, 1)
		_, _, err := f.Store.AddTrial(f.Context(), s.ID, newTrial(2), claim("ada"))
		f.fails("add", err, study.ErrBudget)
	}},
	{"an unknown study is ErrNotFound", func(f *fixture) {
		_, _, err := f.Store.AddTrial(f.Context(), 999, newTrial(0), claim("ada"))
		f.fails("add", err, study.ErrNotFound)
	}},
	{"studies number their trials independently", func(f *fixture) {
		a, b := f.create("first", 10), f.create("second", 10)
		f.add(a, 0)
		f.add(a, 1)
		f.add(b, 0)
		f.same("trials of the second", len(f.trials(b, study.Filter{})), 1)
	}},
	{"parameters and seeds read back bit for bit", func(f *fixture) {
		s := f.create("first", 10)
		want := newTrial(0)
		want.Seed = math.MaxUint64
		want.Parameters = study.Parameters{
			"-0": math.Copysign(0, -1), "0": 0, "1": 1, "third": 1.0 / 3,
			"tiny": math.SmallestNonzeroFloat64, "subnormal": 2.2250738585072011e-308,
			"huge": math.MaxFloat64, "-huge": -math.MaxFloat64,
			"2^53+2": 9007199254740994, "1e23": 1e23, "next to 1": math.Nextafter(1, 2), "ü \"\\ \x00": 0.1,
		}
		_, _, err := f.Store.AddTrial(f.Context(), s.ID, want, claim("ada"))
		f.must(err)
		got := f.trial(s, 0)
		f.same("seed", got.Seed, want.Seed)
		for name, v := range want.Parameters {
			if g, ok := got.Parameters[name]; !ok || math.Float64bits(g) != math.Float64bits(v) {
				f.Errorf("%s: got %g, want %g", name, g, v)
			}
		}
	}},
	{"a parameter that is not a number is refused", func(f *fixture) {
		s := f.create("first", 10)
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			bad := newTrial(0)
			bad.Parameters["gamma_1"] = v
			if _, _, err := f.Store.AddTrial(f.Context(), s.ID, bad, claim("ada")); err == nil {
				f.Errorf("%g was stored", v)
			}
		}
		f.same("trials", len(f.trials(s, study.Filter{})), 0)
	}},
	{"a claim without a time to live is refused", func(f *fixture) {
		s := f.create("first", 10)
		if _, _, err := f.Store.AddTrial(f.Context(), s.ID, newTrial(0), study.Claim{Worker: "ada"}); err == nil {
			f.Error("added under a lease of no length")
		}
		f.addWaiting(s, 0)
		if _, _, err := f.Store.ClaimTrial(f.Context(), s.ID, study.Claim{Worker: "ada"}); err == nil {
			f.Error("claimed under a lease of no length")
		}
	}},
}
