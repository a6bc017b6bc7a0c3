package storetest

import (
	"context"
	"sync"
	"time"

	"github.com/goal-search/goal-search/study"
)

// requestRules run every transition twice with the same request.
var requestRules = []rule{
	{"a transition that is repeated with its request happens once and returns the same", func(f *fixture) {
		var s study.Study
		var l study.Lease
		f.once("CreateStudy", func(ctx context.Context) (any, error) {
			var err error
			s, err = f.Store.CreateStudy(ctx, study.Study{Name: "first", Spec: spec(), Budget: study.Budget{Trials: 3}})
			return s, err
		})
		f.once("SetBudget", func(ctx context.Context) (any, error) {
			return nil, f.Store.SetBudget(ctx, s.ID, study.Budget{Trials: 10})
		})
		f.once("SetStudyState", func(ctx context.Context) (any, error) {
			return nil, f.Store.SetStudyState(ctx, s.ID, study.StudyActive, "for the test")
		})
		f.once("AddTrial", func(ctx context.Context) (any, error) {
			t, got, err := f.Store.AddTrial(ctx, s.ID, newTrial(0), claim("ada"))
			l = got
			return []any{t, got}, err
		})
		f.once("HandBackTrial", func(ctx context.Context) (any, error) {
			return nil, f.Store.HandBackTrial(ctx, l, "leaving")
		})
		f.once("ClaimTrial", func(ctx context.Context) (any, error) {
			t, got, err := f.Store.ClaimTrial(ctx, s.ID, claim("bob"))
			l = got
			return []any{t, got}, err
		})
		f.once("AddMeasurement", func(ctx context.Context) (any, error) {
			return nil, f.Store.AddMeasurement(ctx, l, study.Measurement{Value: 0.5})
		})
		f.once("FinishTrial", func(ctx context.Context) (any, error) {
			return f.Store.FinishTrial(ctx, l, complete(1))
		})
		f.once("EnqueueTrial", func(ctx context.Context) (any, error) {
			return f.Store.EnqueueTrial(ctx, s.ID, point(1), 1)
		})
		f.once("StopTrial", func(ctx context.Context) (any, error) {
			return f.Store.StopTrial(ctx, s.ID, 1, "a mistake")
		})
		f.once("DeleteTrial", func(ctx context.Context) (any, error) {
			return f.Store.DeleteTrial(ctx, s.ID, 0)
		})
		f.once("RegisterWorker", func(ctx context.Context) (any, error) {
			return f.Store.RegisterWorker(ctx, study.Worker{Name: "ada", Slots: 1})
		})
		f.once("DrainWorker", func(ctx context.Context) (any, error) {
			return f.Store.DrainWorker(ctx, "ada")
		})
		f.once("RenameStudy", func(ctx context.Context) (any, error) {
			return f.Store.RenameStudy(ctx, s.ID, "second")
		})
		all := f.histories(s)
		f.once("ImportStudy", func(ctx context.Context) (any, error) {
			return f.Store.ImportStudy(ctx, study.Study{Name: "copy", Spec: spec(), Budget: study.Budget{Trials: 3}}, passing(all))
		})
		f.once("DeleteStudy", func(ctx context.Context) (any, error) {
			return nil, f.Store.DeleteStudy(ctx, s.ID)
		})
	}},
	{"the same ID with another fingerprint is ErrConflict and changes nothing", func(f *fixture) {
		s := f.create("first", 10)
		ctx := study.WithRequest(f.Context(), study.Request{ID: "1", Fingerprint: "a"})
		_, err := f.Store.EnqueueTrial(ctx, s.ID, point(0), 1)
		f.must(err)
		ctx = study.WithRequest(f.Context(), study.Request{ID: "1", Fingerprint: "b"})
		_, err = f.Store.EnqueueTrial(ctx, s.ID, point(0), 1)
		f.fails("another", err, study.ErrConflict)
		f.same("trials", len(f.trials(s, study.Filter{})), 1)
	}},
	{"what failed has not happened, and is tried again", func(f *fixture) {
		s := f.create("first", 10)
		ctx := study.WithRequest(f.Context(), study.Request{ID: "1"})
		_, _, err := f.Store.ClaimTrial(ctx, s.ID, claim("ada"))
		f.fails("claim", err, study.ErrNoTrial)
		f.addWaiting(s, 0)
		_, _, err = f.Store.ClaimTrial(ctx, s.ID, claim("ada"))
		f.must(err)
	}},
	{"GivenTrial returns what a request was given, whatever became of it", func(f *fixture) {
		s := f.create("first", 10)
		ctx := study.WithRequest(f.Context(), study.Request{ID: "1", Fingerprint: "a"})
		_, _, err := f.Store.GivenTrial(f.Context())
		f.fails("no request", err, study.ErrNotFound)
		_, _, err = f.Store.GivenTrial(ctx)
		f.fails("a request that was given none", err, study.ErrNotFound)
		t, l, err := f.Store.AddTrial(ctx, s.ID, newTrial(0), claim("ada"))
		f.must(err)
		f.finish(l, complete(1))
		f.must(f.Store.SetStudyState(f.Context(), s.ID, study.StudyAborted, ""))
		got, lease, err := f.Store.GivenTrial(ctx)
		f.must(err)
		f.same("what it was given", []any{got, lease}, []any{t, l})
		ctx = study.WithRequest(f.Context(), study.Request{ID: "1", Fingerprint: "b"})
		_, _, err = f.Store.GivenTrial(ctx)
		f.fails("another request", err, study.ErrConflict)
	}},
	{"many that repeat a request at once get the same trial", func(f *fixture) {
		s := f.create("first", 10)
		ctx := study.WithRequest(f.Context(), study.Request{ID: "1"})
		var all sync.WaitGroup
		for range 4 {
			store := f.Another(f.T)
			all.Go(func() {
				t, err := store.EnqueueTrial(ctx, s.ID, point(0), 1)
				if err != nil || t.Number != 0 {
					f.Errorf("got trial %d and error %v", t.Number, err)
				}
			})
		}
		all.Wait()
		f.same("trials", len(f.trials(s, study.Filter{})), 1)
	}},
	{"a told stop is told again", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		_, err := f.Store.StopTrial(f.Context(), s.ID, 0, "too slow")
		f.must(err)
		ctx := study.WithRequest(f.Context(), study.Request{ID: "1"})
		for range 2 {
			f.fails("report", f.Store.AddMeasurement(ctx, l, study.Measurement{Value: 1}), study.ErrStop)
		}
	}},
	{"ForgetRequests removes those of that age", func(f *fixture) {
		s := f.create("first", 10)
		ctx := study.WithRequest(f.Context(), study.Request{ID: "1"})
		for _, want := range []int{1, 1, 2} {
			_, err := f.Store.EnqueueTrial(ctx, s.ID, point(0), 1)
			f.must(err)
			f.same("trials", len(f.trials(s, study.Filter{})), want)
			f.Advance(time.Hour)
			f.must(f.Store.ForgetRequests(f.Context(), 90*time.Minute))
		}
	}},
}

// once repeats a transition with one request.
func (f *fixture) once(what string, transition func(ctx context.Context) (any, error)) {
	f.Helper()
	ctx := study.WithRequest(f.Context(), study.Request{ID: what, Fingerprint: what})
	first, err := transition(ctx)
	f.must(err)
	second, err := transition(ctx)
	f.must(err)
	f.same(what, second, first)
}
