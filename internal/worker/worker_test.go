package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goal-search/goal-search/study"
)

// fakeCoordinator hands out trials 0 to total-1 and remembers what it is told.
type fakeCoordinator struct {
	mu         sync.Mutex
	total      int
	taken      int
	finished   map[int]study.Outcome
	handedBack map[int]string
	reportErr  error         // of every Report
	renewErr   error         // of every RenewLease
	ttl        time.Duration // 0 is an hour
}

func newFake(total int) *fakeCoordinator {
	return &fakeCoordinator{total: total, finished: map[int]study.Outcome{}, handedBack: map[int]string{}}
}

func (f *fakeCoordinator) TakeTrial(ctx context.Context, _ string, _ study.Environment) (study.Spec, study.Trial, study.Lease, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.taken == f.total {
		return study.Spec{}, study.Trial{}, study.Lease{}, study.ErrEnded
	}
	n := f.taken
	f.taken++
	return study.Spec{}, study.Trial{Number: n}, study.Lease{Number: n, Attempt: 1}, ctx.Err()
}

func (f *fakeCoordinator) Report(context.Context, study.Lease, study.Measurement) error {
	return f.reportErr
}
func (f *fakeCoordinator) RenewLease(context.Context, study.Lease) error { return f.renewErr }

func (f *fakeCoordinator) FinishTrial(_ context.Context, l study.Lease, o study.Outcome) (study.Trial, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.finished[l.Number] = o
	return study.Trial{Number: l.Number, State: o.State}, nil
}

func (f *fakeCoordinator) HandBackTrial(ctx context.Context, l study.Lease, reason string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handedBack[l.Number] = reason
	return ctx.Err()
}

func (f *fakeCoordinator) LeaseTTL() time.Duration {
	if f.ttl == 0 {
		return time.Hour
	}
	return f.ttl
}

type evaluatorFunc func(ctx context.Context, t study.Trial, report func(study.Measurement) error) (study.Outcome, error)

func (f evaluatorFunc) Evaluate(ctx context.Context, _ study.Spec, t study.Trial, p study.Progress) (study.Outcome, error) {
	return f(ctx, t, p.Report)
}

var complete = study.Outcome{State: study.Complete, Value: 1}

// blocking returns an evaluator that announces each trial and then waits for
// release or for the end of its context.
func blocking(n int) (e Evaluator, started chan int, release chan struct{}) {
	started, release = make(chan int, n), make(chan struct{})
	return evaluatorFunc(func(ctx context.Context, t study.Trial, _ func(study.Measurement) error) (study.Outcome, error) {
		started <- t.Number
		select {
		case <-release:
			return complete, nil
		case <-ctx.Done():
			return study.Outcome{}, ctx.Err()
		}
	}), started, release
}

// run starts the worker and returns where Run's error will be.
func run(ctx context.Context, w *Worker) <-chan error {
	result := make(chan error, 1)
	go func() { result <- w.Run(ctx) }()
	return result
}

func TestRunsEveryTrialOnAllSlots(t *testing.T) {
	f := newFake(20)
	e, started, release := blocking(20)
	result := run(t.Context(), New(f, e, Config{Slots: 3}))
	for range 3 { // all slots are at work before any trial ends
		<-started
	}
	close(release)
	if err := <-result; err != nil {
		t.Fatal(err)
	}
	if len(f.finished) != 20 {
		t.Errorf("%d trials finished, want 20", len(f.finished))
	}
}

func TestDrainFinishesWhatRuns(t *testing.T) {
	f := newFake(20)
	e, started, release := blocking(20)
	w := New(f, e, Config{Slots: 2})
	result := run(t.Context(), w)
	<-started
	<-started
	w.Drain()
	w.Drain() // harmless
	close(release)
	if err := <-result; err != nil {
		t.Fatal(err)
	}
	if f.taken != 2 || len(f.finished) != 2 || len(f.handedBack) != 0 {
		t.Errorf("%d taken, %d finished, %d handed back; want the two that ran, finished", f.taken, len(f.finished), len(f.handedBack))
	}
}

func TestEndOfContextHandsBack(t *testing.T) {
	f := newFake(20)
	e, started, _ := blocking(20)
	ctx, cancel := context.WithCancelCause(t.Context())
	result := run(ctx, New(f, e, Config{Slots: 2}))
	<-started
	<-started
	why := errors.New("told to leave")
	cancel(why)
	if err := <-result; !errors.Is(err, why) {
		t.Errorf("Run returned %v, want %v", err, why)
	}
	if len(f.handedBack) != 2 || f.handedBack[0] != why.Error() || len(f.finished) != 0 {
		t.Errorf("handed back %v, finished %v; want the two running ones back", f.handedBack, f.finished)
	}
}

func TestLostLeaseStopsOneTrialOnly(t *testing.T) {
	f := newFake(2)
	f.ttl, f.renewErr = 4*time.Millisecond, study.ErrLeaseLost
	e := evaluatorFunc(func(ctx context.Context, trial study.Trial, _ func(study.Measurement) error) (study.Outcome, error) {
		if trial.Number == 0 {
			<-ctx.Done()
			return study.Outcome{}, ctx.Err()
		}
		return complete, nil
	})
	var lost []int
	w := New(f, e, Config{Notify: func(e Event) {
		if e.Kind == LeaseLost {
			lost = append(lost, e.Trial.Number)
		}
	}})
	if err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, ok := f.finished[0]; ok || len(f.handedBack) != 0 || len(lost) != 1 {
		t.Errorf("finished %v, handed back %v, lost %v; want trial 0 lost and nothing reported of it", f.finished, f.handedBack, lost)
	}
	if _, ok := f.finished[1]; !ok {
		t.Error("the slot did not go on with trial 1")
	}
}

func TestPanicFailsItsTrial(t *testing.T) {
	f := newFake(2)
	e := evaluatorFunc(func(_ context.Context, trial study.Trial, _ func(study.Measurement) error) (study.Outcome, error) {
		if trial.Number == 0 {
			panic("no such neuron")
		}
		return complete, nil
	})
	if err := New(f, e, Config{}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.finished[0]; got.State != study.Failed || !strings.Contains(got.Reason, "no such neuron in ") || !strings.Contains(got.Reason, "TestPanicFailsItsTrial") {
		t.Errorf("outcome %+v, want failed with the panic and its place", got)
	}
	if f.finished[1] != complete {
		t.Errorf("outcome of the next trial %+v, want %+v", f.finished[1], complete)
	}
}

func TestStoreFailureEndsAllSlots(t *testing.T) {
	f := newFake(20)
	f.reportErr = study.ErrFull
	e := evaluatorFunc(func(ctx context.Context, trial study.Trial, report func(study.Measurement) error) (study.Outcome, error) {
		if trial.Number == 0 {
			return study.Outcome{}, report(study.Measurement{})
		}
		<-ctx.Done()
		return study.Outcome{}, ctx.Err()
	})
	if err := New(f, e, Config{Slots: 2}).Run(t.Context()); !errors.Is(err, study.ErrFull) {
		t.Errorf("Run returned %v, want %v", err, study.ErrFull)
	}
	if len(f.finished) != 0 || len(f.handedBack) != f.taken {
		t.Errorf("finished %v, handed back %v; want all %d handed back", f.finished, f.handedBack, f.taken)
	}
}

// TestStoppedTrialIsPruned: told so by a report, by a heartbeat, or before it
// measured anything.
func TestStoppedTrialIsPruned(t *testing.T) {
	stop := fmt.Errorf("%w: too slow", study.ErrStop)
	reporting := evaluatorFunc(func(_ context.Context, _ study.Trial, report func(study.Measurement) error) (study.Outcome, error) {
		return complete, report(study.Measurement{Value: 0.5})
	})
	silent := evaluatorFunc(func(ctx context.Context, _ study.Trial, _ func(study.Measurement) error) (study.Outcome, error) {
		<-ctx.Done()
		return study.Outcome{}, ctx.Err()
	})
	for name, c := range map[string]struct {
		evaluator Evaluator
		set       func(*fakeCoordinator)
		want      study.TrialState
	}{
		"by its report":          {reporting, func(f *fakeCoordinator) { f.reportErr = stop }, study.Pruned},
		"before its first epoch": {silent, func(f *fakeCoordinator) { f.renewErr, f.ttl = stop, 40*time.Millisecond }, study.Failed},
	} {
		f := newFake(1)
		c.set(f)
		if err := New(f, c.evaluator, Config{}).Run(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got := f.finished[0]
		if got.State != c.want || got.State == study.Pruned && got.Value != 0.5 || !strings.Contains(got.Reason, "too slow") {
			t.Errorf("%s: got %+v, want %s because it is too slow", name, got, c.want)
		}
	}
}

// unreachable is a coordinator that takes no outcome.
type unreachable struct {
	*fakeCoordinator
	finishing chan struct{}
}

func (u unreachable) FinishTrial(ctx context.Context, _ study.Lease, _ study.Outcome) (study.Trial, error) {
	close(u.finishing)
	<-ctx.Done()
	return study.Trial{}, ctx.Err()
}

// TestUnreachableCoordinatorKeepsNobody: a worker that was told to leave does so,
// though its last outcome cannot be delivered.
func TestUnreachableCoordinatorKeepsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := unreachable{newFake(1), make(chan struct{})}
		e := evaluatorFunc(func(context.Context, study.Trial, func(study.Measurement) error) (study.Outcome, error) {
			return complete, nil
		})
		leaving := errors.New("told to leave")
		ctx, cancel := context.WithCancelCause(t.Context())
		result := run(ctx, New(u, e, Config{Name: "w"}))
		<-u.finishing
		cancel(leaving)
		if err := <-result; !errors.Is(err, leaving) {
			t.Errorf("got error %v, want %v", err, leaving)
		}
		if u.handedBack[0] != leaving.Error() {
			t.Errorf("handed back because %q, want %q", u.handedBack[0], leaving)
		}
	})
}
