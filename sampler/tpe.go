package sampler

import (
	"cmp"
	"math"
	"slices"

	"github.com/c-bata/goptuna"

	"github.com/goal-search/goal-search/study"
)

// The settings of the authors' studies (Optuna 2.10, multivariate TPE).
const (
	tpeStartup    = 100 // complete trials before the model is asked; random until then
	tpeCandidates = 100 // drawn from the good trials' density for each suggestion
)

// tpe is the multivariate tree-structured Parzen estimator (Bergstra et al.
// 2011; over all axes at once as in BOHB, Falkner et al. 2018). Zero fields
// mean the authors' settings.
type tpe struct {
	startup    int
	candidates int
}

// Suggest implements Sampler. The trials count in the order of their numbers,
// so the order in which they finished has no influence.
func (t tpe) Suggest(space study.Space, seed uint64, number int, history []study.Trial) (study.Parameters, error) {
	b, err := newBox(space)
	if err != nil {
		return nil, err
	}
	r := estimator{
		box:        b,
		seed:       seed,
		number:     number,
		startup:    cmp.Or(t.startup, tpeStartup),
		candidates: cmp.Or(t.candidates, tpeCandidates),
	}
	return engine{box: b, independent: uniform(seed, number), relative: r}.ask(space, byNumber(history))
}

// byNumber returns the trials in the order of their numbers.
func byNumber(history []study.Trial) []study.Trial {
	compare := func(s, t study.Trial) int { return cmp.Compare(s.Number, t.Number) }
	if slices.IsSortedFunc(history, compare) {
		return history
	}
	sorted := slices.Clone(history)
	slices.SortFunc(sorted, compare)
	return sorted
}

// estimator is one suggestion of TPE as a goptuna.RelativeSampler.
type estimator struct {
	box        box
	seed       uint64
	number     int
	startup    int
	candidates int
}

var _ goptuna.RelativeSampler = estimator{}

// SampleRelative implements goptuna.RelativeSampler. It leaves every axis to
// the independent sampler while there are too few trials.
func (e estimator) SampleRelative(s *goptuna.Study, _ goptuna.FrozenTrial, _ map[string]any) (map[string]float64, error) {
	obs, err := e.box.observations(s)
	if err != nil || len(obs) < e.startup {
		return nil, err
	}
	good, rest := split(obs)
	return e.box.named(e.choose(newParzen(e.box, good), newParzen(e.box, rest))), nil
}

// choose returns, of the candidates drawn from the good trials' density l, the
// one that maximises l/g, which maximises the expected improvement (Bergstra
// et al. 2011, section 4.1).
func (e estimator) choose(l, g *parzen) []float64 {
	random := newRand(e.seed, e.number, streamTPE)
	var chosen []float64
	highest := math.Inf(-1)
	for range e.candidates {
		x := l.draw(random)
		if score := l.logDensity(x) - g.logDensity(x); chosen == nil || score > highest {
			chosen, highest = x, score
		}
	}
	return chosen
}

// split returns the best trials and all others, each in the given order. Of
// equal values the earlier one is the better.
func split(obs []observation) (good, rest []observation) {
	order := make([]int, len(obs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(obs[j].value, obs[i].value) })
	isGood := make([]bool, len(obs))
	for _, i := range order[:goodCount(len(obs))] {
		isGood[i] = true
	}
	for i, o := range obs {
		if isGood[i] {
			good = append(good, o)
		} else {
			rest = append(rest, o)
		}
	}
	return good, rest
}

// goodCount is Optuna's gamma: how many of n trials count as good.
func goodCount(n int) int { return min((n+9)/10, 25) }

// recencyWeights is how much each of n trials counts, oldest first: the latest
// 25 fully, earlier ones less (Optuna's default_weights).
func recencyWeights(n int) []float64 {
	const full = 25
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	lowest := 1 / float64(n)
	for i := range n - full {
		w[i] = lowest
		if last := n - full - 1; last > 0 {
			w[i] += (1 - lowest) * float64(i) / float64(last)
		}
	}
	return w
}
