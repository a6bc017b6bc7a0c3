package sampler

import (
	"maps"
	"math"
	"testing"

	"github.com/c-bata/goptuna"
	"github.com/c-bata/goptuna/cmaes"
	goptunatpe "github.com/c-bata/goptuna/tpe"

	"github.com/goal-search/goal-search/study"
)

// Each test shows one trap of goptuna v0.9.0 as naive use falls into it, and
// that this package does not. A newer goptuna without the trap fails the first
// half: then what goes around it can be reconsidered.

func TestTrapCMAESMinimisesWhateverTheDirection(t *testing.T) {
	space := cube(5)
	const trials = 200
	late := func(history []study.Trial) float64 { // mean of the last 40 values
		sum := 0.0
		for _, trial := range history[trials-40:] {
			sum += *trial.Value / 40
		}
		return sum
	}
	n := newNaive(t, space, goptuna.StudyOptionRelativeSampler(cmaes.NewSampler()))
	var history []study.Trial
	for range trials {
		id, p := n.ask()
		n.tell(id, sphere(p))
		history = append(history, complete(id, p, sphere(p)))
	}
	start := sphere(study.Parameters{"0": 0, "1": 0, "2": 0, "3": 0, "4": 0}) // at the centre
	if got := late(history); got > 5*start {
		t.Errorf("goptuna: the last values are %g, from %g at the start: it maximises", got, start)
	}
	if got := late(search(t, cmaES{}, space, 0, trials, 1, sphere)); got < start/10 {
		t.Errorf("the last values are %g, from %g at the start: want the optimum, 0, nearer", got, start)
	}
}

// The distance from the optimum falls with the number of candidates, of which
// the best is taken, unless they are not compared.
func TestTrapTPEAcquisitionIsDead(t *testing.T) {
	space := cube(1)
	value := func(p study.Parameters) float64 { return -math.Abs(p["g00"] - 0.3) }
	history := randomHistory(space, 60, value)
	const asks = 400
	ours := func(candidates int) float64 {
		var distances []float64
		for i := range asks {
			p := suggest(t, tpe{startup: 10, candidates: candidates}, space, 0, 60+i, history)
			distances = append(distances, -value(p))
		}
		return median(distances)
	}
	theirs := func(candidates int) float64 {
		s := goptunatpe.NewSampler(goptunatpe.SamplerOptionNumberOfEICandidates(candidates))
		n := newNaive(t, space)
		n.load(history)
		var distances []float64
		for range asks {
			x, err := s.Sample(n.Study, goptuna.FrozenTrial{}, "g00", goptuna.UniformDistribution{Low: -1, High: 1})
			if err != nil {
				t.Fatal(err)
			}
			distances = append(distances, math.Abs(x-0.3))
		}
		return median(distances)
	}
	one, many := theirs(1), theirs(40)
	if ratio := many / one; ratio < 0.6 {
		t.Errorf("goptuna: 40 candidates bring the distance from %g to %g: they are compared", one, many)
	}
	if one, many := ours(1), ours(40); many > 0.4*one {
		t.Errorf("40 candidates bring the distance from %g to %g only", one, many)
	}
}

func TestTrapTPESeedDoesNotReproduce(t *testing.T) {
	space := cube(3)
	history := randomHistory(space, 60, sphere)
	theirs := func() study.Parameters {
		n := newNaive(t, space, goptuna.StudyOptionSampler(goptunatpe.NewSampler(goptunatpe.SamplerOptionSeed(1))))
		n.load(history)
		_, p := n.ask()
		return p
	}
	if one, other := theirs(), theirs(); maps.Equal(one, other) {
		t.Errorf("goptuna: seed 1 gave %v twice: it reproduces", one)
	}
	ours := func() study.Parameters { return suggest(t, tpe{startup: 10}, space, 1, 60, history) }
	if one, other := ours(), ours(); !maps.Equal(one, other) {
		t.Errorf("seed 1 gave %v and %v", one, other)
	}
}

// Two coordinators of one study hold different trial numbers, so that even
// with the default seed they suggest different points.
func TestTrapDefaultSeedsAreEqual(t *testing.T) {
	space := cube(3)
	theirs := func(option goptuna.StudyOption) study.Parameters {
		_, p := newNaive(t, space, option).ask()
		return p
	}
	for name, option := range map[string]func() goptuna.StudyOption{
		"random": func() goptuna.StudyOption { return goptuna.StudyOptionSampler(goptuna.NewRandomSampler()) },
		"tpe":    func() goptuna.StudyOption { return goptuna.StudyOptionSampler(goptunatpe.NewSampler()) },
		"cmaes":  func() goptuna.StudyOption { return goptuna.StudyOptionRelativeSampler(cmaes.NewSampler()) },
	} {
		if one, other := theirs(option()), theirs(option()); !maps.Equal(one, other) {
			t.Errorf("goptuna: two %s samplers suggest %v and %v", name, one, other)
		}
		s, err := New(name)
		if err != nil {
			t.Fatal(err)
		}
		if one, other := suggest(t, s, space, 0, 0, nil), suggest(t, s, space, 0, 1, nil); maps.Equal(one, other) {
			t.Errorf("%s suggests %v for trials 0 and 1", name, one)
		}
	}
}

// Of the results of a generation that were asked before it ended, goptuna uses
// one population.
func TestTrapCMAESDropsParallelResults(t *testing.T) {
	space := cube(19)
	next := func(from int, value float64) study.Parameters { // after 32 parallel trials, the last ones of that value
		n := newNaive(t, space, goptuna.StudyOptionRelativeSampler(cmaes.NewSampler()))
		values := make([]float64, 32)
		for i := range values {
			_, p := n.ask()
			values[i] = sphere(p)
			if i >= from {
				values[i] = value - float64(i)
			}
		}
		for id, value := range values {
			n.tell(id, value)
		}
		_, p := n.ask()
		return p
	}
	if bad, good := next(12, -100), next(12, 100); !maps.Equal(bad, good) {
		t.Error("goptuna: the 20 later ones of 32 parallel results matter")
	}
	// TestCMAESUsesEveryParallelResult is the other half.
}

// A new process has a new sampler.
func TestTrapCMAESStateIsLostAtRestart(t *testing.T) {
	space := cube(3)
	history := randomHistory(space, 70, sphere)
	theirs := func(history []study.Trial) study.Parameters {
		n := newNaive(t, space, goptuna.StudyOptionRelativeSampler(cmaes.NewSampler()))
		n.load(history)
		_, p := n.ask()
		return p
	}
	if before, after := theirs(nil), theirs(history); !maps.Equal(before, after) {
		t.Error("goptuna: a new sampler learns from the trials of an earlier one")
	}
	before, after := suggest(t, cmaES{}, space, 0, 70, nil), suggest(t, cmaES{}, space, 0, 70, history)
	if maps.Equal(before, after) {
		t.Errorf("with and without a history %v is suggested", before)
	}
}

func TestTrapIntegerTopIsNeverDrawn(t *testing.T) {
	n := newNaive(t, nil, goptuna.StudyOptionSampler(goptuna.NewRandomSampler()))
	for range 100 {
		id, _ := n.ask()
		trial := goptuna.Trial{Study: n.Study, ID: id}
		if k, err := trial.SuggestInt("k", 0, 1); err != nil || k == 1 {
			t.Fatalf("goptuna: %d in [0, 1] is drawn, error %v", k, err)
		}
	}
	// TestWholeNumbersReachBothEnds is the other half.
}

func TestTrapHyperoptGammaIsNeverBelow25(t *testing.T) {
	if got := goptunatpe.HyperoptDefaultGamma(4); got != 25 {
		t.Errorf("goptuna: %d of 4 trials are good", got)
	}
	if got := goodCount(4); got != 1 {
		t.Errorf("%d of 4 trials are good, want 1", got)
	}
}
