package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
)

// shelf is a Checkpoints that notes what it is told. Its trial is in its
// second attempt.
type shelf struct {
	*fakeCoordinator
	saved   []int // epochs
	saveErr error
	left    []byte // of the attempt before, after epoch 4 with value 0.25; nil: none
	loadErr error
}

func newShelf() *shelf { return &shelf{fakeCoordinator: newFake(1)} }

func (s *shelf) TakeTrial(ctx context.Context, slot string, e study.Environment) (study.Spec, study.Trial, study.Lease, error) {
	spec, t, l, err := s.fakeCoordinator.TakeTrial(ctx, slot, e)
	l.Attempt = 2
	return spec, t, l, err
}

func (s *shelf) SaveCheckpoint(ctx context.Context, _ study.Lease, epoch int, state []byte) error {
	if string(state) != fmt.Sprint("after ", epoch) {
		return fmt.Errorf("epoch %d with state %q", epoch, state)
	}
	s.saved = append(s.saved, epoch)
	return errors.Join(s.saveErr, ctx.Err())
}

func (s *shelf) LoadCheckpoint(context.Context, study.Lease) (study.Checkpoint, []byte, error) {
	if s.left == nil && s.loadErr == nil {
		return study.Checkpoint{}, nil, study.ErrNotFound
	}
	return study.Checkpoint{Attempt: 1, Epoch: 4, Value: 0.25}, s.left, s.loadErr
}

// epochs is an evaluator of ten epochs that refuses states which are not its own.
type epochs struct {
	began []int // first epoch of each try
	each  func(epoch int)
}

func (e *epochs) Evaluate(ctx context.Context, _ study.Spec, _ study.Trial, p study.Progress) (study.Outcome, error) {
	first := 0
	if p.State != nil {
		if _, err := fmt.Sscanf(string(p.State), "after %d", &first); err != nil {
			return study.Outcome{}, fmt.Errorf("%w: %w", study.ErrState, err)
		}
		first++
	}
	e.began = append(e.began, first)
	for epoch := first; epoch < 10; epoch++ {
		if err := p.Report(study.Measurement{Epoch: epoch}); err != nil {
			return study.Outcome{}, err
		}
		if p.Keep != nil {
			p.Keep(epoch, func() ([]byte, error) { return fmt.Append(nil, "after ", epoch), nil })
		}
		if e.each != nil {
			e.each(epoch)
		}
		if ctx.Err() != nil {
			return study.Outcome{}, ctx.Err()
		}
	}
	return complete, nil
}

// work runs the shelf's trial and returns what happened.
func (s *shelf) work(ctx context.Context, e Evaluator, saving Saving) (kinds []EventKind, err error) {
	err = New(s, e, Config{Checkpoints: s, Saving: saving, Notify: func(e Event) {
		if e.Kind != Measured {
			kinds = append(kinds, e.Kind)
		}
	}}).Run(ctx)
	return kinds, err
}

func TestStatesAreSavedWhenDue(t *testing.T) {
	for name, c := range map[string]struct {
		saving Saving
		want   []int
	}{
		"never":               {Saving{}, nil},
		"every epoch":         {Saving{Every: 1}, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"every fourth":        {Saving{Every: 4}, []int{3, 7}},
		"not of short trials": {DefaultSaving, nil},
	} {
		s := newShelf()
		if _, err := s.work(t.Context(), &epochs{}, c.saving); err != nil || !slices.Equal(s.saved, c.want) {
			t.Errorf("%s: saved %v, error %v, want %v", name, s.saved, err, c.want)
		}
	}
}

func TestHandedBackTrialLeavesItsState(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newShelf()
	e := &epochs{each: func(epoch int) {
		if epoch == 6 {
			cancel()
		}
	}}
	kinds, err := s.work(ctx, e, Saving{Every: 100})
	if !errors.Is(err, context.Canceled) || !slices.Equal(s.saved, []int{6}) || len(s.handedBack) != 1 {
		t.Errorf("error %v, saved %v, handed back %v; want the state after epoch 6", err, s.saved, s.handedBack)
	}
	if want := []EventKind{Taken, Saved, HandedBack}; !slices.Equal(kinds, want) {
		t.Errorf("events %v, want %v", kinds, want)
	}
}

func TestNextAttemptGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		set   func(*shelf)
		began []int
		kinds []EventKind
	}{
		"from a state":            {func(s *shelf) { s.left = []byte("after 4") }, []int{5}, []EventKind{Taken, Resumed, Finished}},
		"without one":             {func(*shelf) {}, []int{0}, []EventKind{Taken, Finished}},
		"from none that it can":   {func(s *shelf) { s.left = []byte("other") }, []int{0}, []EventKind{Taken, Resumed, NotKept, Finished}},
		"though it cannot get it": {func(s *shelf) { s.loadErr = study.ErrCorrupt }, []int{0}, []EventKind{Taken, NotKept, Finished}},
	} {
		s, e := newShelf(), &epochs{}
		c.set(s)
		kinds, err := s.work(t.Context(), e, Saving{})
		if err != nil || !slices.Equal(e.began, c.began) || !slices.Equal(kinds, c.kinds) || s.finished[0] != complete {
			t.Errorf("%s: error %v, began at %v, events %v, want %v and %v", name, err, e.began, kinds, c.began, c.kinds)
		}
	}
}

func TestTrialDoesNotDependOnItsState(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		tries int
	}{
		"unreachable": {study.ErrUnreachable, 10},
		"too large":   {study.ErrTooLarge, 1}, // and will be so
	} {
		s := newShelf()
		s.saveErr = c.err
		_, err := s.work(t.Context(), &epochs{}, Saving{Every: 1})
		if err != nil || s.finished[0] != complete || len(s.saved) != c.tries {
			t.Errorf("%s: error %v, finished %v after %d tries to save, want %d", name, err, s.finished, len(s.saved), c.tries)
		}
	}
}

// TestStoppedAfterItsState: the value is that of the attempt before.
func TestStoppedAfterItsState(t *testing.T) {
	s := newShelf()
	s.left, s.ttl = []byte("after 4"), 40*time.Millisecond
	s.renewErr = fmt.Errorf("%w: too slow", study.ErrStop)
	e := waiting{}
	if _, err := s.work(t.Context(), e, Saving{}); err != nil {
		t.Fatal(err)
	}
	if got := s.finished[0]; got.State != study.Pruned || got.Value != 0.25 || !strings.Contains(got.Reason, "too slow") {
		t.Errorf("got %+v, want it pruned with 0.25", got)
	}
}

// waiting is an evaluator in a long epoch.
type waiting struct{}

func (waiting) Evaluate(ctx context.Context, _ study.Spec, _ study.Trial, _ study.Progress) (study.Outcome, error) {
	<-ctx.Done()
	return study.Outcome{}, ctx.Err()
}
