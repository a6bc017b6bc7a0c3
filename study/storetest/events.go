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
		attempts := []int{0, 1, 1, 1, 2, 2, 0, 0, 3, 0, 3}
		for i, kind := range []study.EventKind{
			study.TrialCreated, study.TrialStarted, study.TrialMeasured, study.TrialReleased, study.TrialStarted,
			study.TrialReleased, study.StateChanged, study.StateChanged, study.TrialStarted, study.TrialStopping, study.TrialFinished,
		} {
			e := study.Event{Number: int64(i + 1), Kind: kind, At: s.CreatedAt, Attempt: attempts[i]}
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
	{"a filter chooses events by number and trial, with or without measurements", func(f *fixture) {
		s := f.eventful()
		zero, two := 0, 2
		for _, c := range []struct {
			filter study.EventFilter
			want   []int64
		}{
			{study.EventFilter{After: 2, UpTo: 5}, []int64{3, 4, 5}},
			{study.EventFilter{Trial: &zero}, []int64{1, 2, 4, 7}},
			{study.EventFilter{Trial: &zero, SkipMeasurements: true}, []int64{1, 2, 7}},
			{study.EventFilter{SkipMeasurements: true, After: 1}, []int64{2, 3, 5, 6, 7, 8}},
			{study.EventFilter{Trial: &two}, nil},
		} {
			got, err := f.Store.Events(f.Context(), s.ID, c.filter, 10)
			f.must(err)
			f.same("events", eventNumbers(got), c.want)
		}
		got, err := f.Store.Events(f.Context(), s.ID, study.EventFilter{Trial: &zero}, 2)
		f.must(err)
		f.same("the first two", eventNumbers(got), []int64{1, 2})
	}},
	{"SkipEvents leaves what happened lately, and the last ones", func(f *fixture) {
		s := f.eventful() // its events 6 to 8 happened a minute after the others
		f.Advance(time.Minute)
		one := 1
		for _, c := range []struct {
			filter study.EventFilter
			age    time.Duration
			tail   int
			want   int64
		}{
			{study.EventFilter{}, 0, 0, 0},
			{study.EventFilter{After: 3}, 0, 0, 3},
			{study.EventFilter{}, time.Minute, 0, 5},
			{study.EventFilter{After: 7}, time.Minute, 0, 7},
			{study.EventFilter{}, 2 * time.Minute, 0, 0},
			{study.EventFilter{}, time.Second, 0, 8},
			{study.EventFilter{}, 0, 3, 5},
			{study.EventFilter{}, 0, 99, 0},
			{study.EventFilter{UpTo: 4}, 0, 1, 3},
			{study.EventFilter{After: 7}, 0, 3, 7},
			{study.EventFilter{Trial: &one}, 0, 1, 3},
			{study.EventFilter{Trial: &one}, 0, 2, 0},
			{study.EventFilter{}, time.Minute, 2, 6},
			{study.EventFilter{SkipMeasurements: true}, 0, 5, 2},
		} {
			got, err := f.Store.SkipEvents(f.Context(), s.ID, c.filter, c.age, c.tail)
			f.must(err)
			if got != c.want {
				f.Errorf("%+v within %v, the last %d: skips to %d, want %d", c.filter, c.age, c.tail, got, c.want)
			}
		}
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
		_, err := f.Store.Events(f.Context(), 7, study.EventFilter{}, 10)
		f.fails("read", err, study.ErrNotFound)
		_, err = f.Store.LastEvent(f.Context(), 7)
		f.fails("last", err, study.ErrNotFound)
		_, err = f.Store.SkipEvents(f.Context(), 7, study.EventFilter{}, time.Minute, 1)
		f.fails("skip", err, study.ErrNotFound)
	}},
}

// eventful makes a study of eight events, the last three a minute after the
// others: trial 0 is created, started, measured with event 4 and finished with
// 7; trial 1 created with 3 and started with 8; the study paused with 5 and
// resumed with 6.
func (f *fixture) eventful() study.Study {
	f.Helper()
	s := f.create("eventful", 10)
	f.enqueue(s)
	_, l := f.claim(s, "ada")
	f.enqueue(s)
	f.must(f.Store.AddMeasurement(f.Context(), l, study.Measurement{Value: 0.5}))
	f.setState(s, study.StudyPaused, "for the night")
	f.Advance(time.Minute)
	f.setState(s, study.StudyActive, "")
	f.finish(l, complete(1))
	f.claim(s, "bob")
	return s
}

func (f *fixture) enqueue(s study.Study) {
	f.Helper()
	_, err := f.Store.EnqueueTrial(f.Context(), s.ID, point(0), 1)
	f.must(err)
}

func eventNumbers(events []study.Event) []int64 {
	var all []int64
	for _, e := range events {
		all = append(all, e.Number)
	}
	return all
}

func (f *fixture) events(s study.Study, after int64, limit int) []study.Event {
	f.Helper()
	events, err := f.Store.Events(f.Context(), s.ID, study.EventFilter{After: after}, limit)
	f.must(err)
	return events
}
