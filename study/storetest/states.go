package storetest

import (
	"time"

	"github.com/goal-search/goal-search/study"
)

var stateRules = []rule{
	{"a new study is active, and keeps priority, labels and every bound of its budget", func(f *fixture) {
		target := 1.0 / 3
		want := study.Study{
			Name: "first", Spec: spec(), Priority: -7, Labels: map[string]string{"pool": "night", "gpu": ""},
			Budget: study.Budget{Trials: 3, WallTime: time.Hour, Target: &target, Patience: 5},
		}
		got, err := f.Store.CreateStudy(f.Context(), want)
		f.must(err)
		want.ID, want.CreatedAt, want.State = got.ID, got.CreatedAt, study.StudyActive
		f.same("created", got, want)
		f.same("read", f.first(), want)
	}},
	{"SetStudyState keeps the state and the reason", func(f *fixture) {
		s := f.create("first", 10)
		for _, next := range []study.StudyState{study.StudyPaused, study.StudyActive, study.StudyCompleted, study.StudyPaused, study.StudyAborted} {
			f.setState(s, next, "for the test")
			got := f.first()
			f.same("state", []any{got.State, got.StateReason}, []any{next, "for the test"})
		}
	}},
	{"an aborted study stays so, and made-up states are refused", func(f *fixture) {
		s := f.create("first", 10)
		f.fails("made up", f.Store.SetStudyState(f.Context(), s.ID, "asleep", ""), study.ErrTransition)
		f.setState(s, study.StudyAborted, "enough")
		f.fails("activate", f.Store.SetStudyState(f.Context(), s.ID, study.StudyActive, ""), study.ErrTransition)
		f.same("reason", f.first().StateReason, "enough")
		f.fails("unknown study", f.Store.SetStudyState(f.Context(), s.ID+1, study.StudyPaused, ""), study.ErrNotFound)
	}},
	{"CompleteStudy completes an active study with that budget, and no other", func(f *fixture) {
		s := f.create("first", 10)
		complete := func(b study.Budget) { f.must(f.Store.CompleteStudy(f.Context(), s.ID, b, "all done")) }
		complete(study.Budget{Trials: 9})
		f.same("with another budget", f.first().State, study.StudyActive)
		f.setState(s, study.StudyPaused, "for the night")
		complete(s.Budget)
		f.same("while it is paused", f.first().StateReason, "for the night")
		f.setState(s, study.StudyActive, "")
		complete(s.Budget)
		f.same("active", []any{f.first().State, f.first().StateReason}, []any{study.StudyCompleted, "all done"})
		f.fails("unknown study", f.Store.CompleteStudy(f.Context(), s.ID+1, s.Budget, ""), study.ErrNotFound)
	}},
	{"CompleteOverdue completes a study once its wall time is over", func(f *fixture) {
		s := f.create("first", 10)
		overdue := func() { f.must(f.Store.CompleteOverdue(f.Context(), s.ID)) }
		overdue()
		f.must(f.Store.SetBudget(f.Context(), s.ID, study.Budget{Trials: 10, WallTime: time.Hour}))
		overdue()
		f.same("in time", f.first().State, study.StudyActive)
		f.Advance(time.Hour)
		overdue()
		f.same("later", f.first().State, study.StudyCompleted)
		f.fails("unknown study", f.Store.CompleteOverdue(f.Context(), s.ID+1), study.ErrNotFound)
	}},
	{"trials are handed out only while the study is active", func(f *fixture) {
		s := f.create("first", 10)
		f.addWaiting(s, 0)
		for state, want := range map[study.StudyState]error{study.StudyPaused: study.ErrPaused, study.StudyCompleted: study.ErrEnded} {
			f.setState(s, state, "")
			_, _, err := f.Store.ClaimTrial(f.Context(), s.ID, claim("bob"))
			f.fails("claim", err, want)
			_, _, err = f.Store.AddTrial(f.Context(), s.ID, newTrial(1), claim("bob"))
			f.fails("add", err, want)
		}
		f.setState(s, study.StudyActive, "")
		f.claim(s, "bob")
	}},
	{"running trials go on in a paused and in a completed study", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		f.setState(s, study.StudyPaused, "")
		f.must(f.Store.AddMeasurement(f.Context(), l, study.Measurement{Value: 0.5}))
		f.setState(s, study.StudyCompleted, "")
		_, err := f.Store.RenewLease(f.Context(), l, ttl)
		f.must(err)
		f.finish(l, complete(1))
	}},
	{"running trials of an aborted study are told to stop, and can finish", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		f.setState(s, study.StudyAborted, "enough")
		f.fails("report", f.Store.AddMeasurement(f.Context(), l, study.Measurement{Value: 0.5}), study.ErrStop)
		f.same("measurements", len(f.measurements(s, 0)), 1)
		_, err := f.Store.RenewLease(f.Context(), l, ttl)
		f.fails("renew", err, study.ErrStop)
		f.finish(l, study.Outcome{State: study.Pruned, Value: 0.5})
	}},
	{"a new budget makes a completed study active again, and no other", func(f *fixture) {
		s := f.create("first", 10)
		f.setState(s, study.StudyPaused, "")
		f.must(f.Store.SetBudget(f.Context(), s.ID, study.Budget{Trials: 20}))
		f.same("paused", f.first().State, study.StudyPaused)
		f.setState(s, study.StudyCompleted, "")
		target := 0.9
		budget := study.Budget{Trials: 30, Target: &target}
		f.must(f.Store.SetBudget(f.Context(), s.ID, budget))
		f.same("completed", f.first().State, study.StudyActive)
		f.same("budget", f.first().Budget, budget)
	}},
	{"no trial is handed out once the wall time is over", func(f *fixture) {
		s, err := f.Store.CreateStudy(f.Context(), study.Study{Name: "first", Spec: spec(), Budget: study.Budget{Trials: 9, WallTime: time.Hour}})
		f.must(err)
		f.Advance(time.Hour - time.Microsecond)
		_, l := f.add(s, 0)
		f.Advance(time.Microsecond)
		_, _, err = f.Store.AddTrial(f.Context(), s.ID, newTrial(1), claim("bob"))
		f.fails("add", err, study.ErrTimeUp)
		_, _, err = f.Store.ClaimTrial(f.Context(), s.ID, claim("bob"))
		f.fails("claim", err, study.ErrTimeUp)
		f.finish(l, complete(1))
	}},
}

// first returns the study of that name as the store keeps it.
func (f *fixture) first() study.Study {
	f.Helper()
	s, err := f.Store.Study(f.Context(), "first")
	f.must(err)
	return s
}

func (f *fixture) setState(s study.Study, next study.StudyState, reason string) {
	f.Helper()
	f.must(f.Store.SetStudyState(f.Context(), s.ID, next, reason))
}
