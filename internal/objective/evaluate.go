package objective

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/goal-search/goal-search/pid"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// Evaluator trains the networks of trials on one data set. It satisfies
// worker.Evaluator, and many goroutines can use it. It never opens the data
// set's test part.
type Evaluator struct {
	set     *dataset.Set
	threads int
}

// NewEvaluator returns an evaluator that trains each network with that many
// threads.
func NewEvaluator(set *dataset.Set, threads int) *Evaluator {
	return &Evaluator{set: set, threads: threads}
}

// Evaluate trains the trial's network. The value is the validation accuracy
// of the last epoch (as the authors', notes on hyperparameter optimisation).
// Parameters that cannot be trained, or diverge, are a failed outcome. With a
// state, training goes on after its epoch, as if it had never been interrupted.
func (e *Evaluator) Evaluate(ctx context.Context, spec study.Spec, t study.Trial, p study.Progress) (study.Outcome, error) {
	start := time.Now()
	if spec.DataSet.Hash != e.set.Hash { // no fault of the trial
		return study.Outcome{}, fmt.Errorf("the study's data set is %s, this worker's is %s", spec.DataSet.Hash, e.set.Hash)
	}
	run, names, err := e.newRun(spec, t)
	if err != nil {
		return failed(err), nil
	}
	if p.State != nil {
		if run, err = e.resume(run, p.State); err != nil {
			return study.Outcome{}, err
		}
	}
	value, err := valueOf(ctx, run)
	if err != nil {
		return study.Outcome{}, err
	}
	for !run.Done() {
		epoch, err := run.NextEpoch(ctx)
		if ctx.Err() != nil {
			return study.Outcome{}, ctx.Err()
		}
		if err != nil {
			return failed(err), nil
		}
		m := measurement(epoch, names)
		m.Elapsed = time.Since(start)
		if err := p.Report(m); err != nil {
			return study.Outcome{}, err
		}
		if err := checkFinite(m); err != nil {
			return failed(err), nil
		}
		value = m.Value
		if p.Keep != nil {
			p.Keep(m.Epoch, func() ([]byte, error) { return stateOf(run) })
		}
	}
	return study.Outcome{State: study.Complete, Value: value}, nil
}

func (e *Evaluator) newRun(spec study.Spec, t study.Trial) (*trainer.Run, []string, error) {
	c, err := ConfigOf(spec, t)
	if err != nil {
		return nil, nil, err
	}
	names, err := metricNames(c.Network)
	if err != nil {
		return nil, nil, err
	}
	run, err := trainer.NewRun(c, e.set, trainer.Options{Threads: e.threads})
	return run, names, err
}

func failed(err error) study.Outcome {
	return study.Outcome{State: study.Failed, Reason: err.Error()}
}

// metricNames returns the metric of each information term: Pi_{F}{C}, …, H_res.
func metricNames(network string) ([]string, error) {
	names, err := TermNames(network)
	for i, name := range names {
		if name != pid.ResidualEntropy {
			names[i] = "Pi_" + name
		}
	}
	return names, err
}

// Metrics of a Measurement beside the information terms.
const (
	TrainAccuracy = "train_accuracy"
	GoalMetric    = "goal"
	Seconds       = "seconds" // of the epoch alone
)

func measurement(e trainer.Epoch, names []string) study.Measurement {
	metrics := map[string]float64{
		TrainAccuracy: e.TrainAccuracy,
		GoalMetric:    e.Goal,
		Seconds:       e.Seconds,
	}
	for i, v := range e.Terms {
		metrics[names[i]] = v
	}
	return study.Measurement{Epoch: e.Epoch, Value: e.ValidationAccuracy, Metrics: metrics}
}

// checkFinite names what stopped being a number.
func checkFinite(m study.Measurement) error {
	finite := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
	if !finite(m.Value) {
		return fmt.Errorf("the validation accuracy is %g in epoch %d", m.Value, m.Epoch)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Metrics)) {
		if v := m.Metrics[name]; !finite(v) {
			return fmt.Errorf("%s is %g in epoch %d", name, v, m.Epoch)
		}
	}
	return nil
}
