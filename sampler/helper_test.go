package sampler

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goal-search/goal-search/study"
)

// cube is the published space: dim parameters in [-1, 1].
func cube(dim int) study.Space {
	space := make(study.Space, dim)
	for i := range space {
		space[i] = study.Parameter{Name: fmt.Sprintf("g%02d", i), Low: -1, High: 1}
	}
	return space
}

// complete is a finished trial of that number, rank and value.
func complete(number int, p study.Parameters, value float64) study.Trial {
	return study.Trial{Number: number, Rank: number + 1, State: study.Complete, Parameters: p, Value: &value}
}

// suggest asks for one point, which must lie inside the space.
func suggest(tb testing.TB, s Sampler, space study.Space, seed uint64, number int, history []study.Trial) study.Parameters {
	tb.Helper()
	p, err := s.Suggest(space, seed, number, history)
	if err != nil {
		tb.Fatalf("trial %d: %v", number, err)
	}
	if err := space.Check(p); err != nil {
		tb.Fatalf("trial %d: %v", number, err)
	}
	return p
}

// search runs a study with that many workers that finish in turn, and returns
// its trials in the order in which they finished. value is maximised.
func search(tb testing.TB, s Sampler, space study.Space, seed uint64, trials, workers int, value func(study.Parameters) float64) []study.Trial {
	tb.Helper()
	var history, running []study.Trial
	for number := range trials {
		running = append(running, complete(number, suggest(tb, s, space, seed, number, history), 0))
		for len(running) >= workers || number == trials-1 && len(running) > 0 {
			t := running[0]
			running = running[1:]
			history = append(history, complete(t.Number, t.Parameters, value(t.Parameters)))
		}
	}
	return history
}

// randomHistory is n complete trials at random points of the space.
func randomHistory(space study.Space, n int, value func(study.Parameters) float64) []study.Trial {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b, err := newBox(space)
	if err != nil {
		panic(err)
	}
	history := make([]study.Trial, n)
	for i := range history {
		x := make([]float64, len(b))
		for j := range x {
			x[j] = r.Float64()
		}
		p := space.Complete(b.parameters(x))
		history[i] = complete(i, p, value(p))
	}
	return history
}

// best is the largest value.
func best(history []study.Trial) float64 {
	v := math.Inf(-1)
	for _, t := range history {
		v = max(v, *t.Value)
	}
	return v
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// sphere has its optimum, 0, off the centre.
func sphere(p study.Parameters) float64 {
	sum := 0.0
	for _, v := range p {
		sum -= (v - 0.3) * (v - 0.3)
	}
	return sum
}
