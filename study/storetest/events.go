package storetest

import (
	"math"
	"sync"
	"time"

	"github.com/goal-search/goal-search/study"
)

var eventRules = []rule{
	{"everything that happens is an event, numbered from 1 without gaps", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		m := study.Measurement{Epoch: 0, Value: math.NaN(), Metrics: study.Metrics{"goal": math.Inf(1)}, Elapsed: time.Second}
		f.must(f.Store.AddMeasurement(f.Context(), l, m))
		f.Advance(ttl)
		_, l = f.claim(s, "bob")
		f.must(f.Store.HandBackTrial(f.Context(), l, "leaving"))
		f.setState(s, study.StudyPaused, "for the night")
		f.setState(s, study.StudyActive, "")
		_, l = f.claim(s, "eve")
		_, err := f.Store.StopTrial(f.Context(), s.ID, 0, "too slow")
		f.must(err)
		f.finish(l, complete(1))
		m.Attempt, m.At = 1, s.CreatedAt
		var want []study.Event
		for i, kind := range []study.EventKind{
			study.TrialCreated, study.TrialStarted, study.TrialMeasured, study.TrialReleased, study.TrialStarted,
			study.TrialReleased, study.StateChanged, study.StateChanged, study.TrialStarted, study.TrialStopping, study.TrialFinished,
		} {
			e := study.Event{Number: int64(i + 1), Kind: kind, At: s.CreatedAt}
			if i >= 3 {
				e.At = s.CreatedAt.Add(ttl)
			}
			if kind == study.TrialMeasured {
				e.Measurement = &m
			}
			if kind == study.StateChanged {
				e.State = study.StudyActive
				if i == 6 {
					e.State, e.Reason = study.StudyPaused, "for the night"
				}
			}
			want = append(want, e)
		}
		f.same("events", f.events(s, 0, 100), want)
		f.same("from the middle", f.events(s, 4, 3), want[4:7])
		f.same("after the last", len(f.events(s, 11, 100)), 0)
		last, err := f.Store.LastEvent(f.Context(), s.ID)
		f.must(err)
		f.same("last", last, int64(len(want)))
	}},
	{"what changes nothing is no event", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		m := study.Measurement{Value: 0.5}
		f.must(f.Store.AddMeasurement(f.Context(), l, m))
		f.setState(s, study.StudyPaused, "so")
		before := len(f.events(s, 0, 100))
		f.must(f.Store.AddMeasurement(f.Context(), l, m))
		f.setState(s, study.StudyPaused, "so")
		_, err := f.Store.RenewLease(f.Context(), l, ttl)
		f.must(err)
		_, _, err = f.Store.ClaimTrial(f.Context(), s.ID, claim("bob"))
		f.fails("claim", err, study.ErrPaused)
		f.same("events", len(f.events(s, 0, 100)), before)
	}},
	{"whoever follows the numbers while many write misses none", func(f *fixture) {
		const writers, each = 3, 8
		s := f.create("first", writers)
		var all sync.WaitGroup
		for i := range writers {
			_, l := f.add(s, i)
			store := f.Another(f.T)
			all.Go(func() {
				for epoch := range each {
					if err := store.AddMeasurement(f.Context(), l, study.Measurement{Epoch: epoch}); err != nil {
						f.Error(err)
					}
				}
			})
		}
		const total = writers * (2 + each)
		seen := int64(0)
		for end := time.Now().Add(time.Minute); seen < total && time.Now().Before(end); {
			for _, e := range f.events(s, seen, 5) {
				if seen++; e.Number != seen {
					f.Fatalf("event %d follows event %d", e.Number, seen-1)
				}
			}
		}
		all.Wait()
		f.same("events", seen, int64(total))
	}},
	{"the events of a study that is not there are ErrNotFound", func(f *fixture) {
		_, err := f.Store.Events(f.Context(), 7, 0, 10)
		f.fails("read", err, study.ErrNotFound)
		_, err = f.Store.LastEvent(f.Context(), 7)
		f.fails("last", err, study.ErrNotFound)
	}},
}

func (f *fixture) events(s study.Study, after int64, limit int) []study.Event {
	f.Helper()
	events, err := f.Store.Events(f.Context(), s.ID, after, limit)
	f.must(err)
	return events
}
