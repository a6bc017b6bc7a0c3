package objective

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// attempt is what became of a trial: its measurements without times, and its
// state after each epoch.
type attempt struct {
	outcome  study.Outcome
	measured []study.Measurement
	states   map[int][]byte
}

// run evaluates the trial from a state on. It ends, as a killed worker does,
// after the last epoch that it may finish; 99: never.
func run(t *testing.T, set *dataset.Set, spec study.Spec, trial study.Trial, state []byte, last int) attempt {
	t.Helper()
	a := attempt{states: map[int][]byte{}}
	killed := errors.New("killed")
	var err error
	a.outcome, err = NewEvaluator(set, 1).Evaluate(t.Context(), spec, trial, study.Progress{
		State: state,
		Report: func(m study.Measurement) error {
			if m.Epoch > last {
				return killed
			}
			m.Elapsed = 0
			delete(m.Metrics, Seconds)
			a.measured = append(a.measured, m)
			return nil
		},
		Keep: func(epoch int, save func() ([]byte, error)) {
			var err error
			if a.states[epoch], err = save(); err != nil {
				t.Error(err)
			}
		},
	})
	if err != nil && !errors.Is(err, killed) {
		t.Fatal(err)
	}
	return a
}

func longer(t *testing.T, epochs int) (study.Spec, study.Trial, *dataset.Set) {
	t.Helper()
	spec, trial, set := tiny(t)
	c, err := DecodeConfig(spec.Objective)
	if err != nil {
		t.Fatal(err)
	}
	c.Epochs = epochs
	if spec.Objective, err = EncodeConfig(c); err != nil {
		t.Fatal(err)
	}
	return spec, trial, set
}

// TestInterruptedTrialEqualsUninterruptedOne: after every epoch, and several
// times at random; down to the last weights and the last measurement.
func TestInterruptedTrialEqualsUninterruptedOne(t *testing.T) {
	const epochs = 6
	spec, trial, set := longer(t, epochs)
	whole := run(t, set, spec, trial, nil, 99)
	if len(whole.measured) != epochs+1 || len(whole.states) != epochs+1 {
		t.Fatalf("%d measurements and %d states, want %d", len(whole.measured), len(whole.states), epochs+1)
	}
	seed := rand.Uint64()
	t.Logf("random seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	interruptions := [][]int{{0}, {1}, {2}, {3}, {4}, {5}, {6}}
	for range 3 {
		first := random.IntN(epochs)
		interruptions = append(interruptions, []int{first, first + random.IntN(epochs-first)})
	}
	for _, ends := range interruptions {
		t.Run(fmt.Sprint(ends), func(t *testing.T) {
			var state []byte
			var measured []study.Measurement
			for _, end := range append(ends, 99) {
				a := run(t, set, spec, trial, state, end)
				measured = append(measured, a.measured...)
				for epoch, got := range a.states {
					if sha256.Sum256(got) != sha256.Sum256(whole.states[epoch]) {
						t.Errorf("the state after epoch %d differs", epoch)
					}
				}
				if end != 99 && a.states[end] != nil {
					state = a.states[end]
				}
				if end == 99 && a.outcome != whole.outcome {
					t.Errorf("outcome %+v, want %+v", a.outcome, whole.outcome)
				}
			}
			if got, want := mustJSON(t, measured), mustJSON(t, whole.measured); got != want {
				t.Errorf("measured\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestStatesOfOtherRunsAreRefused(t *testing.T) {
	spec, trial, set := longer(t, 2)
	state := run(t, set, spec, trial, nil, 99).states[1]
	other := trial
	other.Seed++
	for name, c := range map[string]struct {
		trial study.Trial
		state []byte
	}{
		"another trial's": {other, state},
		"cut off":         {trial, state[:len(state)-1]},
		"nothing":         {trial, []byte{}},
		"other images'":   {trial, bytes.Replace(state, []byte(set.Hash), bytes.Repeat([]byte("0"), len(set.Hash)), 1)},
	} {
		_, err := NewEvaluator(set, 1).Evaluate(t.Context(), spec, c.trial, study.Progress{State: c.state})
		if !errors.Is(err, study.ErrState) {
			t.Errorf("%s: got error %v, want %v", name, err, study.ErrState)
		}
	}
	if trainer.KernelPath() == string(kernel.Generic) {
		return
	}
	defer kernel.Use(kernel.Use(kernel.Generic))
	_, err := NewEvaluator(set, 1).Evaluate(t.Context(), spec, trial, study.Progress{State: state})
	if !errors.Is(err, study.ErrState) {
		t.Errorf("another kernel path's: got error %v, want %v", err, study.ErrState)
	}
}
