package study

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"
)

var states = []TrialState{Waiting, Running, Complete, Pruned, Failed}

func TestTransition(t *testing.T) {
	allowed := map[[2]TrialState]bool{
		{Waiting, Running}:  true,
		{Waiting, Failed}:   true,
		{Running, Waiting}:  true,
		{Running, Complete}: true,
		{Running, Pruned}:   true,
		{Running, Failed}:   true,
	}
	for _, from := range append(states, "", "unknown") {
		for _, to := range append(states, "", "unknown") {
			got, err := from.Transition(to)
			if allowed[[2]TrialState{from, to}] {
				if err != nil || got != to {
					t.Errorf("%q to %q: got %q, error %v, want it allowed", from, to, got, err)
				}
			} else if !errors.Is(err, ErrTransition) || got != from {
				t.Errorf("%q to %q: got %q, error %v, want %v", from, to, got, err, ErrTransition)
			}
		}
	}
}

func TestFinished(t *testing.T) {
	for i, state := range states {
		if got, want := state.Finished(), i >= 2; got != want {
			t.Errorf("%s: got %v, want %v", state, got, want)
		}
	}
}

func TestOutcomeNormalize(t *testing.T) {
	for _, c := range []struct {
		name     string
		o, want  Outcome
		wantErr  error
		anything bool // any reason will do
	}{
		{"complete", Outcome{State: Complete, Value: 0.5}, Outcome{State: Complete, Value: 0.5}, nil, false},
		{"pruned", Outcome{Pruned, 0.5, "slow"}, Outcome{Pruned, 0.5, "slow"}, nil, false},
		{"failed, with a value", Outcome{Failed, 0.5, "memory"}, Outcome{Failed, 0, "memory"}, nil, false},
		{"failed without a reason", Outcome{State: Failed}, Outcome{State: Failed}, nil, true},
		{"failed with NaN", Outcome{Failed, math.NaN(), "memory"}, Outcome{Failed, 0, "memory"}, nil, false},
		{"NaN", Outcome{State: Complete, Value: math.NaN()}, Outcome{State: Failed}, nil, true},
		{"infinite", Outcome{State: Pruned, Value: math.Inf(-1)}, Outcome{State: Failed}, nil, true},
		{"not UTF-8", Outcome{Pruned, 1, "a\xffb"}, Outcome{Pruned, 1, "a\uFFFDb"}, nil, false},
		{"running", Outcome{State: Running}, Outcome{State: Running}, ErrTransition, false},
		{"no state", Outcome{}, Outcome{}, ErrTransition, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.o.Normalize()
			if !errors.Is(err, c.wantErr) {
				t.Fatalf("got error %v, want %v", err, c.wantErr)
			}
			if c.anything {
				if got.Reason == "" {
					t.Error("there is no reason")
				}
				got.Reason = ""
			}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if again, err := got.Normalize(); err == nil && !c.anything && again != got {
				t.Errorf("normalized twice: got %+v, want %+v", again, got)
			}
		})
	}
}

func TestBest(t *testing.T) {
	value := func(v float64) *float64 { return &v }
	trials := []Trial{
		{Number: 0, State: Complete, Value: value(0.5)},
		{Number: 1, State: Pruned, Value: value(0.9)},
		{Number: 4, State: Complete, Value: value(0.7)},
		{Number: 3, State: Complete, Value: value(0.7)},
		{Number: 5, State: Failed},
		{Number: 6, State: Running},
		{Number: 7, State: Complete, Value: value(0.8), DeletedAt: time.Unix(1, 0), UnseenFrom: 8},
	}
	if got, ok := Best(trials); !ok || got.Number != 3 {
		t.Errorf("got trial %d, %v, want 3: the largest value, the earliest of equals", got.Number, ok)
	}
	if got, ok := Best(trials[4:]); ok {
		t.Errorf("got trial %d, want none", got.Number)
	}
}

func ExampleBest() {
	high, low := 0.95, 0.93
	best, ok := Best([]Trial{
		{Number: 0, State: Complete, Value: &low},
		{Number: 1, State: Complete, Value: &high},
		{Number: 2, State: Running},
	})
	fmt.Println(best.Number, ok)
	// Output: 1 true
}
