package sampler

import "github.com/goal-search/goal-search/study"

// tpe is the tree-structured Parzen estimator.
type tpe struct{}

// Suggest implements Sampler.
func (tpe) Suggest(space study.Space, seed uint64, number int, history []study.Trial) (study.Parameters, error) {
	return random{}.Suggest(space, seed, number, history)
}
