package sampler

import (
	"fmt"
	"math"
	"slices"

	"github.com/c-bata/goptuna"
	"github.com/c-bata/goptuna/cmaes"
	"gonum.org/v1/gonum/mat"

	"github.com/goal-search/goal-search/study"
)

const (
	// initialSigma is CMA-ES's first step size as a share of every axis, as in
	// Optuna.
	initialSigma = 1.0 / 6
	// resamplings is how often a point outside the box is drawn again before
	// it is moved to the boundary, as in Optuna.
	resamplings = 100
)

// cmaES adapts a normal distribution to the best points of each generation
// (Hansen 2016).
type cmaES struct{}

// Suggest implements Sampler.
func (cmaES) Suggest(space study.Space, seed uint64, number int, history []study.Trial) (study.Parameters, error) {
	b, err := newBox(space)
	if err != nil {
		return nil, err
	}
	r := evolution{box: b, seed: seed, number: number}
	return engine{box: b, independent: uniform(seed, number), relative: r}.ask(space, history)
}

// evolution is one suggestion of CMA-ES as a goptuna.RelativeSampler.
//
// The results are told in the order in which they finished, each time a whole
// population of them, no matter which generation or run they were asked from:
// none is lost however many workers there are, and as results are only ever
// appended, no generation changes once it is full.
//
// A run ends when it has converged, has diverged or yields no numbers any
// more. The next one begins at a random point with twice the population
// (IPOP-CMA-ES, Auger and Hansen 2005).
type evolution struct {
	box    box
	seed   uint64
	number int
}

var _ goptuna.RelativeSampler = evolution{}

// SampleRelative implements goptuna.RelativeSampler.
func (e evolution) SampleRelative(s *goptuna.Study, _ goptuna.FrozenTrial, _ map[string]any) (map[string]float64, error) {
	obs, err := e.box.observations(s)
	if err != nil {
		return nil, err
	}
	o, _, err := e.replay(obs)
	if err != nil {
		return nil, fmt.Errorf("CMA-ES: %w", err)
	}
	x, err := within(o)
	if err != nil {
		return nil, fmt.Errorf("CMA-ES: %w", err)
	}
	return e.box.named(x), nil
}

// replay tells the optimizer all whole generations. It returns the one of the
// last run, and how many runs ended before it.
func (e evolution) replay(obs []observation) (o *cmaes.Optimizer, restarts int, err error) {
	if o, err = e.start(0); err != nil {
		return nil, 0, err
	}
	for len(obs) >= o.PopulationSize() {
		generation := obs[:o.PopulationSize()]
		obs = obs[o.PopulationSize():]
		if tell(o, generation) {
			continue
		}
		restarts++
		if o, err = e.start(restarts); err != nil {
			return nil, 0, err
		}
	}
	return o, restarts, nil
}

// start returns the optimizer of the first run or of a later one. Its random
// numbers are this suggestion's alone; where it starts is the study's.
func (e evolution) start(restarts int) (*cmaes.Optimizer, error) {
	mean := centre(len(e.box))
	if restarts > 0 {
		random := newRand(e.seed, restarts, streamRestart)
		for i := range mean {
			mean[i] = random.Float64()
		}
	}
	return cmaes.NewOptimizer(mean, initialSigma,
		cmaes.OptimizerOptionBounds(unitBounds(len(e.box))),
		cmaes.OptimizerOptionMaxReSampling(0), // within does it
		cmaes.OptimizerOptionSeed(goptunaSeed(e.seed, e.number, streamCMAES)),
		cmaes.OptimizerOptionPopulationSize(populationSize(len(e.box))<<restarts),
	)
}

// populationSize is Hansen's default (2016, eq. 48).
func populationSize(dim int) int { return 4 + int(3*math.Log(float64(dim))) }

// unitBounds are the bounds of the unit cube, (dim, 2).
func unitBounds(dim int) *mat.Dense {
	bounds := mat.NewDense(dim, 2, nil)
	for i := range dim {
		bounds.Set(i, 1, 1)
	}
	return bounds
}

// tell updates the optimizer, and reports whether its run goes on.
func tell(o *cmaes.Optimizer, generation []observation) bool {
	solutions := make([]*cmaes.Solution, len(generation)) // Tell sorts it
	for i, t := range generation {
		// It minimises, whatever the study's direction.
		solutions[i] = &cmaes.Solution{Params: t.x, Value: -t.value}
	}
	if o.Tell(solutions) != nil || o.ShouldStop() {
		return false
	}
	// A covariance that is no longer positive shows in its points alone.
	x, err := o.Ask()
	return err == nil && !slices.ContainsFunc(x, math.IsNaN)
}

// within draws points until one lies inside the box, at most resamplings
// times; the last one is moved to the boundary.
func within(o *cmaes.Optimizer) ([]float64, error) {
	for range resamplings {
		x, err := o.Ask()
		if err != nil || inside(x) {
			return x, err
		}
	}
	return o.Ask()
}

// inside tells a point that was drawn inside the unit cube from one that the
// optimizer moved to its boundary.
func inside(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return v <= 0 || v >= 1 })
}
