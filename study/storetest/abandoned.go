package storetest

import (
	"strings"
	"time"

	"github.com/goal-search/goal-search/study"
)

// silence is how long a worker of the rules below may be silent after its lease.
const silence = 5 * time.Minute

var abandonedRules = []rule{
	{"a lost trial of a paused or completed study waits for it to go on, with the reason kept", func(f *fixture) {
		for _, state := range []study.StudyState{study.StudyPaused, study.StudyCompleted} {
			s := f.create(string(state), 10)
			first, l := f.add(s, 0)
			f.setState(s, state, "enough")
			f.Advance(ttl + silence)
			f.same("abandoned", f.abandoned(), []int64{s.ID})
			f.releaseAll(s, 0)
			got := f.trial(s, 0)
			a := got.Attempts[0]
			f.same("state", []any{got.State, a.Ended, a.EndedAt}, []any{study.Waiting, study.AttemptLost, l.ExpiresAt.Add(silence)})
			if !strings.Contains(a.Reason, "the lease ended at") {
				f.Errorf("the attempt's reason is %q", a.Reason)
			}
			f.same("last event", f.lastKind(s), study.TrialReleased)
			f.same("abandoned", len(f.abandoned()), 0)
			f.refusesAll(s, l)
			f.setState(s, study.StudyActive, "")
			again, _ := f.claim(s, "bob")
			f.same("again", []any{again.Number, len(again.Attempts)}, []any{first.Number, 2})
		}
	}},
	{"who is silent for no longer than that keeps the trial, and so does who has renewed the lease", func(f *fixture) {
		s := f.create("first", 10)
		_, silent := f.add(s, 0)
		_, renewed := f.add(s, 1)
		f.setState(s, study.StudyCompleted, "")
		f.Advance(ttl + silence - time.Microsecond)
		_, err := f.Store.RenewLease(f.Context(), renewed, ttl)
		f.must(err)
		f.same("abandoned", len(f.abandoned()), 0)
		f.releaseAll(s, 0)
		f.finish(silent, complete(1))
		f.Advance(time.Microsecond)
		f.releaseAll(s, 0)
		f.finish(renewed, complete(1))
	}},
	{"the trials of an active study are left to who claims them", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		f.addWaiting(s, 1)
		f.Advance(ttl + 2*silence)
		f.same("abandoned", len(f.abandoned()), 0)
		f.releaseAll(s, 0)
		f.finish(l, complete(1))
	}},
	{"waiting and lost trials of an aborted study fail with its reason", func(f *fixture) {
		s := f.create("first", 10)
		f.add(s, 0)
		_, held := f.add(s, 1)
		f.enqueue(s)
		f.setState(s, study.StudyAborted, "a mistake")
		f.releaseAll(s, 0)
		f.same("states", f.states(s), []study.TrialState{study.Running, study.Running, study.Failed})
		f.Advance(ttl + silence)
		_, err := f.Store.RenewLease(f.Context(), held, ttl)
		f.fails("renew", err, study.ErrStop)
		f.releaseAll(s, 0)
		f.same("states", f.states(s), []study.TrialState{study.Failed, study.Running, study.Failed})
		f.same("attempt", f.trial(s, 0).Attempts[0].Ended, study.AttemptLost)
		for rank, number := range []int{2, 0} {
			t := f.trial(s, number)
			f.same("rank and reason", []any{t.Rank, t.Reason}, []any{rank + 1, "the study is aborted: a mistake"})
		}
		f.same("last event", f.lastKind(s), study.TrialFinished)
		f.same("abandoned", len(f.abandoned()), 0)
		f.finish(held, study.Outcome{State: study.Pruned, Value: 0.5})
	}},
	{"a trial that took too many workers with it fails in a completed study too", func(f *fixture) {
		s := f.create("first", 10)
		f.add(s, 0)
		for lost := 1; lost <= 2; lost++ {
			f.setState(s, study.StudyCompleted, "")
			f.Advance(ttl + silence)
			f.releaseAll(s, 2)
			f.setState(s, study.StudyActive, "")
			if lost == 1 {
				f.claim(s, "bob")
			}
		}
		got := f.trial(s, 0)
		f.same("state", []any{got.State, len(got.Attempts)}, []any{study.Failed, 2})
		if !strings.Contains(got.Reason, "2 attempts were lost") {
			f.Errorf("the reason is %q", got.Reason)
		}
	}},
	{"many are released in several transitions", func(f *fixture) {
		const many = 130
		s := f.create("first", many)
		for range many {
			f.enqueue(s)
		}
		f.setState(s, study.StudyAborted, "")
		more, err := f.Store.ReleaseAbandoned(f.Context(), s.ID, silence, 0)
		f.must(err)
		failed := len(f.trials(s, study.Filter{States: []study.TrialState{study.Failed}}))
		if !more || failed == 0 || failed == many {
			f.Errorf("released %d of %d at once, more: %v", failed, many, more)
		}
		f.releaseAll(s, 0)
		f.same("failed", len(f.trials(s, study.Filter{States: []study.TrialState{study.Failed}})), many)
		_, err = f.Store.ReleaseAbandoned(f.Context(), s.ID+1, silence, 0)
		f.fails("unknown study", err, study.ErrNotFound)
	}},
}

func (f *fixture) abandoned() []int64 {
	f.Helper()
	ids, err := f.Store.Abandoned(f.Context(), silence)
	f.must(err)
	return ids
}

// releaseAll releases the study's abandoned trials.
func (f *fixture) releaseAll(s study.Study, lostMax int) {
	f.Helper()
	for more := true; more; {
		var err error
		more, err = f.Store.ReleaseAbandoned(f.Context(), s.ID, silence, lostMax)
		f.must(err)
	}
}

// states are those of the study's trials, by number.
func (f *fixture) states(s study.Study) []study.TrialState {
	f.Helper()
	var all []study.TrialState
	for _, t := range f.trials(s, study.Filter{}) {
		all = append(all, t.State)
	}
	return all
}

// lastKind is what happened last in the study.
func (f *fixture) lastKind(s study.Study) study.EventKind {
	f.Helper()
	events := f.events(s, 0, 1000)
	if len(events) == 0 {
		f.Fatal("nothing has happened")
	}
	return events[len(events)-1].Kind
}
