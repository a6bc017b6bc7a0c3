package sampler

import (
	"errors"
	"math"
	"slices"

	"github.com/c-bata/goptuna"
	"github.com/c-bata/goptuna/cmaes"
	"gonum.org/v1/gonum/mat"

	"github.com/goal-search/goal-search/study"
)

// initialSigma is CMA-ES's first step size as a share of every axis, as in
// Optuna.
const initialSigma = 1.0 / 6

// cmaES adapts a normal distribution to the best points of each generation
// (Hansen 2016, arXiv:1604.00772).
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
// population of them, no matter which generation they were asked from: none is
// lost however many workers there are, and as results are only ever appended,
// no generation changes once it is full.
//
// A run that has converged, has diverged or is numerically broken ends, and
// the next begins at a random point with twice the population (IPOP-CMA-ES,
// Auger and Hansen 2005).
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
	x, err := e.replay(obs, false)
	if err == nil && !finite(x) {
		x, err = e.replay(obs, true)
	}
	if err != nil {
		return nil, err
	}
	if !finite(x) {
		return nil, errors.New("CMA-ES: the suggestion is not finite")
	}
	return e.box.named(x), nil
}

// replay tells the optimizer all whole generations and returns the next point.
// With probe it makes sure after each one that finite points come out, which
// is slow; without, a broken run shows in the point that it returns.
func (e evolution) replay(obs []observation, probe bool) ([]float64, error) {
	o, err := e.start(0)
	if err != nil {
		return nil, err
	}
	for restarts := 0; len(obs) >= o.PopulationSize(); {
		generation := obs[:o.PopulationSize()]
		obs = obs[o.PopulationSize():]
		if tell(o, generation) && !(probe && !sound(o)) {
			continue
		}
		restarts++
		if o, err = e.start(restarts); err != nil {
			return nil, err
		}
	}
	return o.Ask()
}

// start returns the optimizer of the first run or of a later one. Its random
// numbers are this suggestion's alone; where it starts is the study's.
func (e evolution) start(restarts int) (*cmaes.Optimizer, error) {
	mean := make([]float64, len(e.box))
	random := newRand(e.seed, restarts, streamRestart)
	for i := range mean {
		mean[i] = 0.5
		if restarts > 0 {
			mean[i] = random.Float64()
		}
	}
	return cmaes.NewOptimizer(mean, initialSigma,
		cmaes.OptimizerOptionBounds(unitBounds(len(e.box))),
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

// tell updates the optimizer, and reports whether its run should go on.
func tell(o *cmaes.Optimizer, generation []observation) bool {
	solutions := make([]*cmaes.Solution, len(generation)) // Tell sorts it
	for i, t := range generation {
		// It minimises, whatever the study's direction.
		solutions[i] = &cmaes.Solution{Params: t.x, Value: -t.value}
	}
	return o.Tell(solutions) == nil && !o.ShouldStop()
}

// sound tells whether the optimizer still yields numbers.
func sound(o *cmaes.Optimizer) bool {
	x, err := o.Ask()
	return err == nil && finite(x)
}

func finite(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}
