package coordinator

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
)

// startWith returns a coordinator of a new study with that budget.
func startWith(t *testing.T, b study.Budget, options ...sqlstore.Option) (*Coordinator, study.Store) {
	t.Helper()
	store := open(t, filepath.Join(t.TempDir(), "studies.db"), options...)
	s := testStudy(1)
	s.Budget = b
	s, err := store.CreateStudy(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return New(store, hashSampler{}, s, Config{PollInterval: 10 * time.Millisecond}), store
}

// runUntilEnded finishes trials with these values and returns how many it took.
func runUntilEnded(t *testing.T, c *Coordinator, values []float64) int {
	t.Helper()
	for i, value := range values {
		_, _, lease, err := c.TakeTrial(t.Context(), "w", study.Environment{})
		if errors.Is(err, study.ErrEnded) {
			return i
		}
		if err != nil {
			t.Fatal(err)
		}
		finish(t, c, lease, value)
	}
	return len(values)
}

func TestStopRules(t *testing.T) {
	target := 0.9
	for _, test := range []struct {
		name   string
		budget study.Budget
		values []float64
		want   int
		reason string
	}{
		{"trials", study.Budget{Trials: 3}, []float64{1, 2, 3, 4}, 3, "all its 3 trials are finished"},
		{"target", study.Budget{Trials: 9, Target: &target}, []float64{0.5, 0.9, 1, 1}, 2, "trial 1 reached the target"},
		{"patience", study.Budget{Trials: 9, Patience: 2}, []float64{1, 3, 3, 2, 4, 5}, 4, "2 complete trials in a row were not better than trial 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, store := startWith(t, test.budget)
			if got := runUntilEnded(t, c, test.values); got != test.want {
				t.Errorf("ended after %d trials, want %d", got, test.want)
			}
			s, err := store.Study(t.Context(), "test")
			if err != nil || s.State != study.StudyCompleted || !strings.Contains(s.StateReason, test.reason) {
				t.Errorf("study is %s (%s), error %v, want completed: %s", s.State, s.StateReason, err, test.reason)
			}
		})
	}
}

func TestWallTimeEndsAStudy(t *testing.T) {
	now := &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	c, store := startWith(t, study.Budget{Trials: 9, WallTime: time.Hour}, sqlstore.WithClock(now.read))
	_, lease := take(t, c)
	now.advance(time.Hour)
	if _, _, _, err := c.TakeTrial(t.Context(), "w", study.Environment{}); !errors.Is(err, study.ErrEnded) {
		t.Errorf("take after an hour: got error %v, want %v", err, study.ErrEnded)
	}
	finish(t, c, lease, 1)
	if s, err := store.Study(t.Context(), "test"); err != nil || s.State != study.StudyCompleted {
		t.Errorf("study is %s, error %v, want completed", s.State, err)
	}
}

func TestPausedStudyWaits(t *testing.T) {
	c, store := start(t, 3)
	if err := store.SetStudyState(t.Context(), c.study.ID, study.StudyPaused, ""); err != nil {
		t.Fatal(err)
	}
	taken := takeLater(t, c)
	if err := store.SetStudyState(t.Context(), c.study.ID, study.StudyActive, ""); err != nil {
		t.Fatal(err)
	}
	if err := <-taken; err != nil {
		t.Error(err)
	}
}

func TestPoisonedTrialFailsAloneTheStudyGoesOn(t *testing.T) {
	now := &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	c, store := start(t, 2, sqlstore.WithClock(now.read))
	for range DefaultLostMax {
		if trial, _ := take(t, c); trial.Number != 0 {
			t.Fatalf("took trial %d, want 0", trial.Number)
		}
		now.advance(DefaultLeaseTTL)
	}
	trial, lease := take(t, c)
	if trial.Number != 1 {
		t.Errorf("took trial %d, want 1", trial.Number)
	}
	finish(t, c, lease, 1)
	poisoned, err := store.Trial(t.Context(), c.study.ID, 0)
	if err != nil || poisoned.State != study.Failed || len(poisoned.Attempts) != DefaultLostMax {
		t.Errorf("trial 0 is %s after %d attempts, error %v, want failed after %d", poisoned.State, len(poisoned.Attempts), err, DefaultLostMax)
	}
	if err := c.Settle(t.Context()); !errors.Is(err, study.ErrEnded) {
		t.Errorf("got error %v, want %v", err, study.ErrEnded)
	}
}

// TestDeadSamplerIsReplaced: a server that dies while it samples keeps the
// others from it for one lease time, and what it writes later is refused.
func TestDeadSamplerIsReplaced(t *testing.T) {
	now := &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	c, store := start(t, 3, sqlstore.WithClock(now.read))
	held, err := store.HoldSampling(t.Context(), c.study.ID, "dead", samplingTTL)
	if err != nil {
		t.Fatal(err)
	}
	claim := study.Claim{Worker: "w", TTL: time.Minute}
	if _, _, err := c.take(t.Context(), claim); !errors.Is(err, study.ErrHeld) {
		t.Errorf("while it lives: got error %v, want %v", err, study.ErrHeld)
	}
	now.advance(samplingTTL)
	if trial, _ := take(t, c); trial.Number != 0 {
		t.Errorf("took trial %d, want 0", trial.Number)
	}
	claim.SamplingEpoch = held.Epoch
	_, _, err = store.AddTrial(t.Context(), c.study.ID, study.Trial{Number: 1, Parameters: study.Parameters{"x": 0, "fixed": 7}}, claim)
	if !errors.Is(err, study.ErrFenced) {
		t.Errorf("the dead one writes: got error %v, want %v", err, study.ErrFenced)
	}
}

// TestTwoDispatchersServeOneDatabase: every number once, every suggestion from
// all results that there were.
func TestTwoDispatchersServeOneDatabase(t *testing.T) {
	const trials = 16
	path := filepath.Join(t.TempDir(), "studies.db")
	var dispatchers []*Dispatcher
	for range 2 {
		dispatchers = append(dispatchers, newDispatcher(open(t, path)))
	}
	if _, err := dispatchers[0].store.CreateStudy(t.Context(), testStudy(trials)); err != nil {
		t.Fatal(err)
	}
	errs := make(chan error)
	for i, d := range append(dispatchers, dispatchers...) {
		go func() { errs <- serveUntilEnded(t, d, fmt.Sprint(i)) }()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	all, err := dispatchers[0].store.Trials(t.Context(), 1, study.Filter{})
	if err != nil || len(all) != trials {
		t.Fatalf("got %d trials, error %v, want %d", len(all), err, trials)
	}
	for _, trial := range all {
		if len(trial.Attempts) != 1 || trial.State != study.Complete {
			t.Errorf("trial %d is %s in attempt %d", trial.Number, trial.State, len(trial.Attempts))
		}
	}
}

func newDispatcher(store study.Store) *Dispatcher {
	return NewDispatcher(store, func(string) (Sampler, error) { return hashSampler{}, nil }, Config{PollInterval: 10 * time.Millisecond})
}

func serveUntilEnded(t *testing.T, d *Dispatcher, worker string) error {
	for {
		a, err := d.Take(t.Context(), t.Context(), Ask{Study: "test", Worker: worker})
		if errors.Is(err, study.ErrEnded) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := d.FinishTrial(t.Context(), a.Lease, study.Outcome{State: study.Complete, Value: a.Trial.Parameters["x"]}); err != nil {
			return err
		}
	}
}

func TestStudyWithABrokenSamplerStopsNoOther(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "studies.db"))
	for _, name := range []string{"broken", "sound"} {
		s := testStudy(3)
		s.Name, s.Spec.Sampler.Name = name, name
		if _, err := store.CreateStudy(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	var failed []string
	d := NewDispatcher(store, func(name string) (Sampler, error) {
		if name == "broken" {
			return samplerFunc(func() (study.Parameters, error) { return nil, errors.New("singular matrix") }), nil
		}
		return hashSampler{}, nil
	}, Config{PollInterval: 10 * time.Millisecond, Failed: func(study string, _ error) { failed = append(failed, study) }})
	for range 2 {
		a, err := d.Take(t.Context(), t.Context(), Ask{Worker: "w"})
		if err != nil || a.Study.Name != "sound" {
			t.Errorf("got a trial of %q, error %v, want one of sound", a.Study.Name, err)
		}
	}
	if fmt.Sprint(failed) != "[broken]" {
		t.Errorf("told of %v, want broken once", failed)
	}
}

// TestStudyWithAnUnknownSamplerStopsNoOther: a newer server may have made it in
// the same database.
func TestStudyWithAnUnknownSamplerStopsNoOther(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "studies.db"))
	for _, name := range []string{"future", "sound"} {
		s := testStudy(3)
		s.Name, s.Spec.Sampler.Name = name, name
		if _, err := store.CreateStudy(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	unknown := errors.New("no such sampler")
	var failed []string
	d := NewDispatcher(store, func(name string) (Sampler, error) {
		if name == "future" {
			return nil, unknown
		}
		return hashSampler{}, nil
	}, Config{PollInterval: 10 * time.Millisecond, Failed: func(study string, _ error) { failed = append(failed, study) }})
	a, err := d.Take(t.Context(), t.Context(), Ask{Worker: "w"})
	if err != nil || a.Study.Name != "sound" {
		t.Errorf("got a trial of %q, error %v, want one of sound", a.Study.Name, err)
	}
	if fmt.Sprint(failed) != "[future]" {
		t.Errorf("told of %v, want future once", failed)
	}
	if _, err := d.Take(t.Context(), t.Context(), Ask{Worker: "w", Study: "future"}); !errors.Is(err, unknown) {
		t.Errorf("got error %v, want %v", err, unknown)
	}
}

// TestEndedStudiesAreForgotten: a server for workers that each name their study
// keeps no history of those that have ended.
func TestEndedStudiesAreForgotten(t *testing.T) {
	d := newDispatcher(open(t, filepath.Join(t.TempDir(), "studies.db")))
	for _, name := range []string{"finished", "aborted", "deleted", "active"} {
		s := testStudy(2)
		s.Name = name
		if _, err := d.store.CreateStudy(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		a, err := d.Take(t.Context(), t.Context(), Ask{Worker: "w", Study: name})
		if err != nil {
			t.Fatal(err)
		}
		switch name {
		case "finished":
			err = d.store.SetBudget(t.Context(), a.Study.ID, study.Budget{Trials: 1})
			if err == nil {
				_, err = d.FinishTrial(t.Context(), a.Lease, study.Outcome{State: study.Complete, Value: 1})
			}
		case "aborted":
			err = d.store.SetStudyState(t.Context(), a.Study.ID, study.StudyAborted, "")
		case "deleted":
			err = d.store.DeleteStudy(t.Context(), a.Study.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(d.desks) != 1 {
		t.Errorf("%d of 4 studies are kept, want the active one", len(d.desks))
	}
}

// TestWallTimeEndsAStudyThatNobodyAsksFor: who watches it is told.
func TestWallTimeEndsAStudyThatNobodyAsksFor(t *testing.T) {
	now := &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	c, store := startWith(t, study.Budget{Trials: 9, WallTime: time.Hour}, sqlstore.WithClock(now.read))
	d := newDispatcher(store)
	for _, want := range []study.StudyState{study.StudyActive, study.StudyCompleted} {
		if err := d.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s, err := store.Study(t.Context(), c.study.Name); err != nil || s.State != want {
			t.Errorf("study is %s, error %v, want %s", s.State, err, want)
		}
		now.advance(time.Hour)
	}
}

// TestServerThatStartedAnewEndsAStudy: the last trial's end reaches a server
// that has not handed out any of the study's.
func TestServerThatStartedAnewEndsAStudy(t *testing.T) {
	c, store := start(t, 1)
	_, l := take(t, c)
	if _, err := newDispatcher(store).FinishTrial(t.Context(), l, study.Outcome{State: study.Complete, Value: 1}); err != nil {
		t.Fatal(err)
	}
	if s, err := store.Study(t.Context(), c.study.Name); err != nil || s.State != study.StudyCompleted {
		t.Errorf("study is %s, error %v, want completed", s.State, err)
	}
}

// TestRaisedBudgetIsNotOverlooked: it is raised after the study was found at
// its end and before it is completed.
func TestRaisedBudgetIsNotOverlooked(t *testing.T) {
	store := &raising{Store: open(t, filepath.Join(t.TempDir(), "studies.db"))}
	s, err := store.CreateStudy(t.Context(), testStudy(1))
	if err != nil {
		t.Fatal(err)
	}
	c := New(store, hashSampler{}, s, Config{PollInterval: 10 * time.Millisecond})
	_, l := take(t, c)
	finish(t, c, l, 1)
	if trial, _ := take(t, c); trial.Number != 1 {
		t.Errorf("took trial %d, want 1", trial.Number)
	}
}

// raising is a store in which somebody else is faster to raise the budget.
type raising struct{ study.Store }

func (r *raising) CompleteStudy(ctx context.Context, studyID int64, b study.Budget, reason string) error {
	if err := r.SetBudget(ctx, studyID, study.Budget{Trials: b.Trials + 1}); err != nil {
		return err
	}
	return r.Store.CompleteStudy(ctx, studyID, b, reason)
}
