package sampler

import (
	"maps"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/goal-search/goal-search/study"
)

func TestTPEIgnoresTheOrderOfFinishing(t *testing.T) {
	space := append(cube(4), study.Parameter{Name: "k", Low: 1, High: 9, Integer: true})
	// A coarse objective, so that many values are equal.
	history := randomHistory(space, 60, func(p study.Parameters) float64 { return math.Round(p["g00"] * 2) })
	want := suggest(t, tpe{startup: 10}, space, 0, 60, history)
	r := rand.New(rand.NewPCG(0, 0))
	for range 5 {
		r.Shuffle(len(history), func(i, j int) { history[i], history[j] = history[j], history[i] })
		if got := suggest(t, tpe{startup: 10}, space, 0, 60, history); !maps.Equal(got, want) {
			t.Fatalf("in another order %v is suggested, before %v", got, want)
		}
	}
}

func TestTPEIsRandomForItsFirstHundredTrials(t *testing.T) {
	space := cube(4)
	history := randomHistory(space, 100, sphere)
	uniform := suggest(t, random{}, space, 0, 100, nil)
	if got := suggest(t, tpe{}, space, 0, 100, history[:99]); !maps.Equal(got, uniform) {
		t.Errorf("after 99 trials %v is suggested, want the random %v", got, uniform)
	}
	if got := suggest(t, tpe{}, space, 0, 100, history); maps.Equal(got, uniform) {
		t.Errorf("after 100 trials the random %v is suggested", got)
	}
}

func TestSplitKeepsTheEarlierOfEquals(t *testing.T) {
	values := []float64{0, 3, 1, 3, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0} // two of 15 are good
	obs := make([]observation, len(values))
	for i, v := range values {
		obs[i] = observation{x: []float64{float64(i)}, value: v}
	}
	good, rest := split(obs)
	if len(good) != 2 || good[0].x[0] != 1 || good[1].x[0] != 3 {
		t.Errorf("good are %v, want trials 1 and 3", good)
	}
	for i := range rest[1:] {
		if rest[i].x[0] >= rest[i+1].x[0] {
			t.Errorf("the rest are %v, want their given order", rest)
		}
	}
}

func TestTPEChoosesTheBestCandidate(t *testing.T) {
	b := mustBox(t, cube(3))
	e := estimator{box: b, seed: 2, number: 7, candidates: 30}
	good, rest := split(randomObservations(b, 80))
	l, g := newParzen(b, good), newParzen(b, rest)
	score := func(x []float64) float64 { return plainLogDensity(b, good, x) - plainLogDensity(b, rest, x) }
	chosen := score(e.choose(l, g))
	r := newRand(e.seed, e.number, streamTPE)
	highest := math.Inf(-1)
	for range e.candidates {
		highest = max(highest, score(l.draw(r)))
	}
	if !near(1e-10)(chosen, highest) {
		t.Errorf("the chosen candidate has log l/g = %g, the best one %g", chosen, highest)
	}
}
