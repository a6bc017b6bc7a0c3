package sampler

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goal-search/goal-search/study"
)

func TestCMAESStartsInTheCentreWithASixthOfTheRange(t *testing.T) {
	space := study.Space{{Name: "wide", Low: -10, High: 20}, {Name: "log", Low: 1e-6, High: 1, Log: true}}
	const draws = 2000
	var mean, variance [2]float64
	for number := range draws {
		p := suggest(t, cmaES{}, space, 0, number, nil)
		for i, u := range []float64{(p["wide"] + 10) / 30, math.Log10(p["log"])/6 + 1} {
			mean[i] += u / draws
			variance[i] += (u - 0.5) * (u - 0.5) / draws
		}
	}
	for i := range mean {
		if !near(0.02)(mean[i], 0.5) || !near(0.01)(math.Sqrt(variance[i]), 1.0/6) {
			t.Errorf("axis %d has mean %.3f and deviation %.3f of its range, want 0.5 and 0.167", i, mean[i], math.Sqrt(variance[i]))
		}
	}
}

// firstBatch is what 32 parallel workers make of a study's first trials.
func firstBatch(t *testing.T, space study.Space) []study.Trial {
	t.Helper()
	history := make([]study.Trial, 32)
	for number := range history {
		p := suggest(t, cmaES{}, space, 0, number, nil)
		history[number] = complete(number, p, sphere(p))
	}
	return history
}

// Of 32 results asked from one generation, both whole populations are told.
func TestCMAESUsesEveryParallelResult(t *testing.T) {
	space := cube(19)
	history := firstBatch(t, space)
	told := 2 * populationSize(19)
	want := suggest(t, cmaES{}, space, 0, 32, history)
	for i := range history {
		matters := false
		for _, value := range []float64{1, -100} { // the best of all, the worst of all
			changed := slices.Clone(history)
			changed[i] = complete(i, history[i].Parameters, value)
			matters = matters || !maps.Equal(suggest(t, cmaES{}, space, 0, 32, changed), want)
		}
		if matters != (i < told) {
			t.Errorf("result %d of %d told ones matters: %t", i, told, matters)
		}
	}
	if got := suggest(t, cmaES{}, space, 0, 32, history[:told]); !maps.Equal(got, want) {
		t.Error("results of a generation that is not full changed the suggestion")
	}
}

func TestCMAESIgnoresTheOrderWithinAGeneration(t *testing.T) {
	space := cube(19)
	history := firstBatch(t, space)
	want := suggest(t, cmaES{}, space, 0, 32, history)
	slices.Reverse(history[:populationSize(19)])
	if got := suggest(t, cmaES{}, space, 0, 32, history); !maps.Equal(got, want) {
		t.Errorf("after reordering a generation %v is suggested, before %v", got, want)
	}
}

// Where nothing is to be learnt, or everything has been, the search goes on
// elsewhere, with a larger population.
func TestCMAESRestarts(t *testing.T) {
	for name, value := range map[string]func(x []float64) float64{
		"converged": func(x []float64) float64 { return -(x[0]-0.3)*(x[0]-0.3) - x[1]*x[1] },
		"flat":      func([]float64) float64 { return 0.1 },
	} {
		e := evolution{box: mustBox(t, cube(2))}
		var obs []observation
		restartsBefore := 0
		for len(obs) < 3000 {
			o, restarts, err := e.replay(obs)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if restarts < restartsBefore {
				t.Fatalf("%s: %d restarts after %d trials, %d before", name, restarts, len(obs), restartsBefore)
			}
			if got, want := o.PopulationSize(), populationSize(2)<<restarts; got != want {
				t.Fatalf("%s: population %d after %d restarts, want %d", name, got, restarts, want)
			}
			restartsBefore = restarts
			for range o.PopulationSize() {
				x, err := within(o)
				if err != nil {
					t.Fatal(err)
				}
				obs = append(obs, observation{x, value(x)})
			}
		}
		if restartsBefore < 2 {
			t.Errorf("%s: %d restarts in %d trials, want several", name, restartsBefore, len(obs))
		}
	}
}

// Histories that no search would make, and that break the covariance.
func TestCMAESSurvivesDegenerateHistories(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	huge := func() float64 { return (2*r.Float64() - 1) * math.MaxFloat64 }
	for _, dim := range []int{1, 2, 5} {
		e := evolution{box: mustBox(t, cube(dim))}
		for name, f := range map[string]func(x []float64) float64{
			"centre":       func([]float64) float64 { return 1 },
			"corner":       func(x []float64) float64 { clear(x); return r.Float64() },
			"corners":      func(x []float64) float64 { setAll(x, func() float64 { return float64(r.IntN(2)) }); return x[0] },
			"line":         func(x []float64) float64 { x[0] = r.Float64(); return -x[0] },
			"tiny":         func(x []float64) float64 { setAll(x, func() float64 { return 0.5 + 1e-15*r.Float64() }); return x[0] },
			"huge values":  func(x []float64) float64 { setAll(x, r.Float64); return huge() },
			"equal values": func(x []float64) float64 { setAll(x, r.Float64); return math.MaxFloat64 },
		} {
			obs := make([]observation, 3000)
			for i := range obs {
				x := centre(dim)
				obs[i] = observation{value: f(x), x: x}
			}
			o, _, err := e.replay(obs)
			if err != nil {
				t.Fatalf("%s in %d dimensions: %v", name, dim, err)
			}
			if x, err := within(o); err != nil || slices.ContainsFunc(x, math.IsNaN) {
				t.Errorf("%s in %d dimensions: next point %v, error %v", name, dim, x, err)
			}
		}
	}
}

// On a line the covariance degenerates until rounding makes it negative, of
// which goptuna's optimizer says nothing.
func TestCMAESEndsARunThatYieldsNoNumbers(t *testing.T) {
	e := evolution{box: mustBox(t, cube(3))}
	r := rand.New(rand.NewPCG(7, 7))
	ended := false
	for range 5 {
		o, err := e.start(0)
		if err != nil {
			t.Fatal(err)
		}
		for range 2000 {
			generation := make([]observation, o.PopulationSize())
			for i := range generation {
				u := r.Float64()
				generation[i] = observation{x: []float64{u, u, u}, value: u}
			}
			if !tell(o, generation) {
				ended = true
				break
			}
			if x, err := within(o); err != nil || slices.ContainsFunc(x, math.IsNaN) {
				t.Fatalf("a run that goes on yields %v, error %v", x, err)
			}
		}
	}
	if !ended {
		t.Error("no run ended")
	}
}

func setAll(dst []float64, f func() float64) {
	for i := range dst {
		dst[i] = f()
	}
}
