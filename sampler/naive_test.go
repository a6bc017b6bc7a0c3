package sampler

import (
	"testing"

	"github.com/c-bata/goptuna"

	"github.com/goal-search/goal-search/study"
)

// naive is goptuna as its own documentation uses it, to show the traps.
type naive struct {
	*goptuna.Study
	tb    testing.TB
	space study.Space
}

// newNaive returns a goptuna study that maximises over the space.
func newNaive(tb testing.TB, space study.Space, options ...goptuna.StudyOption) naive {
	tb.Helper()
	distributions := map[string]any{}
	for _, p := range space {
		distributions[p.Name] = goptuna.UniformDistribution{Low: p.Low, High: p.High}
	}
	s, err := goptuna.CreateStudy("", append([]goptuna.StudyOption{
		goptuna.StudyOptionDirection(goptuna.StudyDirectionMaximize),
		goptuna.StudyOptionDefineSearchSpace(distributions),
		goptuna.StudyOptionLogger(nil),
	}, options...)...)
	if err != nil {
		tb.Fatal(err)
	}
	return naive{s, tb, space}
}

// try asks for a trial.
func (n naive) try() (id int, p study.Parameters, err error) {
	if id, err = n.Storage.CreateNewTrial(n.ID); err != nil {
		return 0, nil, err
	}
	trial := goptuna.Trial{Study: n.Study, ID: id}
	if err := trial.CallRelativeSampler(); err != nil {
		return 0, nil, err
	}
	p = study.Parameters{}
	for _, q := range n.space {
		if p[q.Name], err = trial.SuggestFloat(q.Name, q.Low, q.High); err != nil {
			return 0, nil, err
		}
	}
	return id, p, nil
}

// ask is try where nothing may fail.
func (n naive) ask() (int, study.Parameters) {
	n.tb.Helper()
	id, p, err := n.try()
	if err != nil {
		n.tb.Fatal(err)
	}
	return id, p
}

// tell finishes a trial.
func (n naive) tell(id int, value float64) {
	n.tb.Helper()
	if err := n.Storage.SetTrialValue(id, value); err != nil {
		n.tb.Fatal(err)
	}
	if err := n.Storage.SetTrialState(id, goptuna.TrialStateComplete); err != nil {
		n.tb.Fatal(err)
	}
}

// load gives the study a history.
func (n naive) load(history []study.Trial) {
	n.tb.Helper()
	for _, t := range history {
		distributions := map[string]any{}
		params := map[string]any{}
		for _, p := range n.space {
			distributions[p.Name] = goptuna.UniformDistribution{Low: p.Low, High: p.High}
			params[p.Name] = t.Parameters[p.Name]
		}
		_, err := n.Storage.CloneTrial(n.ID, goptuna.FrozenTrial{
			State: goptuna.TrialStateComplete, Value: *t.Value,
			InternalParams: t.Parameters, Params: params, Distributions: distributions,
		})
		if err != nil {
			n.tb.Fatal(err)
		}
	}
}
