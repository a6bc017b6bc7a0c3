package storetest

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/goal-search/goal-search/study"
)

var samplingRules = []rule{
	{"one at a time samples for a study, until its lease ends", func(f *fixture) {
		s, other := f.create("first", 10), f.create("other", 10)
		f.same("ada's epoch", f.hold(s, "ada"), int64(1))
		_, err := f.Store.HoldSampling(f.Context(), s.ID, "bob", ttl)
		f.fails("bob", err, study.ErrHeld)
		f.same("the other study's epoch", f.hold(other, "bob"), int64(1))
		f.Advance(ttl - time.Microsecond)
		_, err = f.Another(f.T).HoldSampling(f.Context(), s.ID, "bob", ttl)
		f.fails("a microsecond before the end", err, study.ErrHeld)
		f.Advance(time.Microsecond)
		f.same("bob's epoch", f.hold(s, "bob"), int64(2))
		_, err = f.Store.HoldSampling(f.Context(), s.ID, "ada", ttl)
		f.fails("ada", err, study.ErrHeld)
	}},
	{"the holder keeps its epoch and prolongs its lease, even an expired one", func(f *fixture) {
		s := f.create("first", 10)
		f.hold(s, "ada")
		f.Advance(2 * ttl)
		f.same("epoch", f.hold(s, "ada"), int64(1))
		f.Advance(ttl - 1)
		_, err := f.Store.HoldSampling(f.Context(), s.ID, "bob", ttl)
		f.fails("bob", err, study.ErrHeld)
	}},
	{"it names the next number, and fails where there is no room", func(f *fixture) {
		s := f.create("first", 3)
		next := func(want int) {
			f.Helper()
			held, err := f.Store.HoldSampling(f.Context(), s.ID, "ada", ttl)
			f.must(err)
			f.same("number", held.Number, want)
		}
		next(0)
		f.addUnder(s, 0, 1)
		next(1)
		_, err := f.Store.EnqueueTrial(f.Context(), s.ID, point(1), 1)
		f.must(err)
		next(2)
		f.setState(s, study.StudyPaused, "for the night")
		_, err = f.Store.HoldSampling(f.Context(), s.ID, "ada", ttl)
		f.fails("paused", err, study.ErrPaused)
		f.setState(s, study.StudyActive, "")
		f.addUnder(s, 2, 2)
		_, err = f.Store.HoldSampling(f.Context(), s.ID, "ada", ttl)
		f.fails("full", err, study.ErrBudget)
	}},
	{"adding a trial ends the sampling lease", func(f *fixture) {
		s := f.create("first", 10)
		f.addUnder(s, 0, f.hold(s, "ada"))
		f.same("bob's epoch", f.hold(s, "bob"), int64(2))
		f.addUnder(s, 1, 2)
		f.same("ada's epoch", f.hold(s, "ada"), int64(3))
	}},
	{"an older epoch is fenced, and so is none at all", func(f *fixture) {
		s := f.create("first", 10)
		f.hold(s, "ada")
		f.Advance(ttl)
		f.hold(s, "bob")
		for _, epoch := range []int64{0, 1, 3} {
			c := claim("ada")
			c.SamplingEpoch = epoch
			_, _, err := f.Store.AddTrial(f.Context(), s.ID, newTrial(0), c)
			f.fails("add", err, study.ErrFenced)
		}
		f.same("trials", len(f.trials(s, study.Filter{})), 0)
		f.addUnder(s, 0, 2)
	}},
	{"of many that want to sample at once, one may", func(f *fixture) {
		s := f.create("first", 10)
		var held atomic.Int64
		var all sync.WaitGroup
		for _, holder := range []string{"ada", "bob", "eve", "ida"} {
			store := f.Another(f.T)
			all.Go(func() {
				if _, err := store.HoldSampling(f.Context(), s.ID, holder, ttl); err == nil {
					held.Add(1)
				}
			})
		}
		all.Wait()
		f.same("holders", held.Load(), int64(1))
	}},
	{"sampling for a study that is not there is ErrNotFound", func(f *fixture) {
		_, err := f.Store.HoldSampling(f.Context(), 7, "ada", ttl)
		f.fails("hold", err, study.ErrNotFound)
	}},
}

func (f *fixture) hold(s study.Study, holder string) int64 {
	f.Helper()
	held, err := f.Store.HoldSampling(f.Context(), s.ID, holder, ttl)
	f.must(err)
	return held.Epoch
}

func (f *fixture) addUnder(s study.Study, number int, epoch int64) {
	f.Helper()
	c := claim("ada")
	c.SamplingEpoch = epoch
	_, _, err := f.Store.AddTrial(f.Context(), s.ID, newTrial(number), c)
	f.must(err)
}
