package sampler

import (
	"github.com/c-bata/goptuna"

	"github.com/goal-search/goal-search/study"
)

// random draws every point uniformly from the box.
type random struct{}

// Suggest implements Sampler. It learns nothing from the history.
func (random) Suggest(space study.Space, seed uint64, number int, _ []study.Trial) (study.Parameters, error) {
	b, err := newBox(space)
	if err != nil {
		return nil, err
	}
	return engine{box: b, independent: uniform(seed, number)}.ask(space, nil)
}

// uniform returns goptuna's random sampler for one suggestion.
func uniform(seed uint64, number int) goptuna.Sampler {
	return goptuna.NewRandomSampler(goptuna.RandomSamplerOptionSeed(goptunaSeed(seed, number, streamRandom)))
}
