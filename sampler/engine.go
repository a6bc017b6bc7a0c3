package sampler

import (
	"fmt"
	"math"

	"github.com/c-bata/goptuna"

	"github.com/goal-search/goal-search/study"
)

// unitInterval is what goptuna is told of every axis.
var unitInterval = goptuna.UniformDistribution{Low: 0, High: 1}

// engine is how goptuna is set up for one suggestion.
type engine struct {
	box         box
	independent goptuna.Sampler         // for what relative leaves out
	relative    goptuna.RelativeSampler // may be nil
}

// ask makes one goptuna trial after those of the history, in their order, and
// returns the point that it suggests.
func (e engine) ask(space study.Space, history []study.Trial) (study.Parameters, error) {
	s, err := e.study(history)
	if err != nil {
		return nil, err
	}
	x, err := e.suggest(s)
	if err != nil {
		return nil, fmt.Errorf("goptuna: %w", err)
	}
	return space.Complete(e.box.parameters(x)), nil
}

// study returns a goptuna study that holds the history, and logs nothing.
func (e engine) study(history []study.Trial) (*goptuna.Study, error) {
	storage := goptuna.NewInMemoryStorage()
	s, err := goptuna.CreateStudy("",
		goptuna.StudyOptionStorage(storage),
		goptuna.StudyOptionDirection(goptuna.StudyDirectionMaximize),
		goptuna.StudyOptionSampler(e.independent),
		goptuna.StudyOptionRelativeSampler(e.relative),
		goptuna.StudyOptionDefineSearchSpace(e.distributions()),
		goptuna.StudyOptionLogger(nil),
	)
	if err != nil {
		return nil, fmt.Errorf("goptuna: create study: %w", err)
	}
	if err := e.clone(s, history); err != nil {
		return nil, fmt.Errorf("goptuna: clone history: %w", err)
	}
	return s, nil
}

func (e engine) distributions() map[string]any {
	d := make(map[string]any, len(e.box))
	for _, a := range e.box {
		d[a.Name] = unitInterval
	}
	return d
}

// clone copies the complete trials into goptuna's storage.
func (e engine) clone(s *goptuna.Study, history []study.Trial) error {
	distributions := e.distributions() // shared: nothing changes those of a finished trial
	for _, t := range history {
		if t.State != study.Complete {
			continue
		}
		frozen, err := e.freeze(t)
		if err != nil {
			return fmt.Errorf("trial %d: %w", t.Number, err)
		}
		frozen.Distributions = distributions
		if _, err := s.Storage.CloneTrial(s.ID, frozen); err != nil {
			return fmt.Errorf("trial %d: %w", t.Number, err)
		}
	}
	return nil
}

func (e engine) freeze(t study.Trial) (goptuna.FrozenTrial, error) {
	if t.Value == nil || math.IsNaN(*t.Value) || math.IsInf(*t.Value, 0) {
		return goptuna.FrozenTrial{}, fmt.Errorf("it is complete without a finite value")
	}
	x, err := e.box.point(t.Parameters)
	if err != nil {
		return goptuna.FrozenTrial{}, err
	}
	internal := make(map[string]float64, len(x))
	for i, a := range e.box {
		internal[a.Name] = x[i]
	}
	return goptuna.FrozenTrial{
		State:          goptuna.TrialStateComplete,
		Value:          *t.Value,
		InternalParams: internal,
	}, nil
}

// suggest makes a trial and asks it for a value on every axis, as an objective
// function of goptuna would.
func (e engine) suggest(s *goptuna.Study) ([]float64, error) {
	id, err := s.Storage.CreateNewTrial(s.ID)
	if err != nil {
		return nil, err
	}
	trial := goptuna.Trial{Study: s, ID: id}
	if err := trial.CallRelativeSampler(); err != nil {
		return nil, err
	}
	x := make([]float64, len(e.box))
	for i, a := range e.box {
		if x[i], err = trial.SuggestFloat(a.Name, unitInterval.Low, unitInterval.High); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// observation is a complete trial as the models see it.
type observation struct {
	x     []float64 // in the unit cube
	value float64   // larger is better
}

// observations reads the history back from goptuna, in its order.
func (b box) observations(s *goptuna.Study) ([]observation, error) {
	trials, err := s.GetTrials()
	if err != nil {
		return nil, err
	}
	obs := make([]observation, 0, len(trials))
	for _, t := range trials {
		if t.State != goptuna.TrialStateComplete {
			continue
		}
		x := make([]float64, len(b))
		for i, a := range b {
			x[i] = t.InternalParams[a.Name]
		}
		obs = append(obs, observation{x: x, value: t.Value})
	}
	return obs, nil
}

// named returns a point as goptuna wants it.
func (b box) named(x []float64) map[string]float64 {
	m := make(map[string]float64, len(b))
	for i, a := range b {
		m[a.Name] = x[i]
	}
	return m
}
