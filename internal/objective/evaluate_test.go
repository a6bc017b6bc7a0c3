package objective

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// tiny returns a study of small networks on few images, a trial of it, and the
// images without their test part: opening it would panic.
func tiny(t *testing.T) (study.Spec, study.Trial, *dataset.Set) {
	t.Helper()
	opened, err := dataset.Open(dataset.Options{Name: "digits", Images: 400})
	if err != nil {
		t.Fatal(err)
	}
	set := &dataset.Set{Name: opened.Name, Train: opened.Train, Normalization: opened.Normalization, Hash: opened.Hash}
	c := trainer.DefaultConfig()
	c.Hidden, c.Epochs, c.BatchSize = 4, 2, 64
	spec := specOf(t, "random")
	if spec.Objective, err = EncodeConfig(c); err != nil {
		t.Fatal(err)
	}
	spec.DataSet = study.DataSet{Name: set.Name, Images: set.Train.Len(), Hash: set.Hash}
	point := study.Parameters{}
	for i, p := range spec.Space {
		point[p.Name] = float64(i%5)/2 - 1
	}
	return spec, study.Trial{Number: 3, Parameters: point, Seed: 30}, set
}

// evaluate returns the outcome and what was reported before it.
func evaluate(t *testing.T, e *Evaluator, spec study.Spec, trial study.Trial) (study.Outcome, []study.Measurement) {
	t.Helper()
	var reported []study.Measurement
	outcome, err := e.Evaluate(t.Context(), spec, trial, study.Progress{Report: func(m study.Measurement) error {
		reported = append(reported, m)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return outcome, reported
}

func TestEvaluateReportsEveryEpoch(t *testing.T) {
	spec, trial, set := tiny(t)
	outcome, reported := evaluate(t, NewEvaluator(set, 1), spec, trial)
	if len(reported) != 3 {
		t.Fatalf("%d measurements, want epochs 0 to 2", len(reported))
	}
	terms, _ := metricNames("setup1")
	want := slices.Sorted(slices.Values(append(terms, TrainAccuracy, GoalMetric, Seconds)))
	for i, m := range reported {
		if got := slices.Sorted(maps.Keys(m.Metrics)); m.Epoch != i || !slices.Equal(got, want) {
			t.Errorf("measurement %d is of epoch %d with metrics %v, want %v", i, m.Epoch, got, want)
		}
	}
	if last := reported[2].Value; outcome.State != study.Complete || outcome.Value != last {
		t.Errorf("outcome %+v, want complete with the last epoch's accuracy %g", outcome, last)
	}
}

func TestEvaluateDoesNotDependOnThreads(t *testing.T) {
	spec, trial, set := tiny(t)
	one, _ := evaluate(t, NewEvaluator(set, 1), spec, trial)
	two, _ := evaluate(t, NewEvaluator(set, 2), spec, trial)
	if one != two {
		t.Errorf("one thread: %+v, two: %+v", one, two)
	}
}

func TestEvaluateFailsWhatCannotBeTrained(t *testing.T) {
	spec, trial, set := tiny(t)
	trial.Parameters["hidden"] = 0
	outcome, reported := evaluate(t, NewEvaluator(set, 1), spec, trial)
	if outcome.State != study.Failed || !strings.Contains(outcome.Reason, "hidden 0") || len(reported) != 0 {
		t.Errorf("outcome %+v after %d measurements, want failed because of hidden 0", outcome, len(reported))
	}
}

func TestCheckFiniteNamesWhatIsNot(t *testing.T) {
	for want, m := range map[string]study.Measurement{
		"validation accuracy is NaN in epoch 2": {Epoch: 2, Value: math.NaN()},
		"H_res is +Inf in epoch 1":              {Epoch: 1, Metrics: study.Metrics{"goal": 1, "H_res": math.Inf(1)}},
	} {
		if err := checkFinite(m); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if err := checkFinite(study.Measurement{Value: 1, Metrics: study.Metrics{"goal": -3}}); err != nil {
		t.Errorf("finite numbers: %v", err)
	}
}

func TestOtherImagesAreNoFaultOfTheTrial(t *testing.T) {
	spec, trial, set := tiny(t)
	spec.DataSet.Hash = "sha256:other"
	_, err := NewEvaluator(set, 1).Evaluate(t.Context(), spec, trial, study.Progress{})
	if err == nil || !strings.Contains(err.Error(), "sha256:other") || !strings.Contains(err.Error(), set.Hash) {
		t.Errorf("error %v, want one with both hashes", err)
	}
}

func TestEvaluateStopsWithItsReport(t *testing.T) {
	spec, trial, set := tiny(t)
	full := errors.New("the disk is full")
	calls := 0
	_, err := NewEvaluator(set, 1).Evaluate(t.Context(), spec, trial, study.Progress{Report: func(study.Measurement) error {
		calls++
		return full
	}})
	if !errors.Is(err, full) || calls != 1 {
		t.Errorf("error %v after %d reports, want %v after one", err, calls, full)
	}
}

func TestEvaluateStopsWithItsContext(t *testing.T) {
	spec, trial, set := tiny(t)
	ctx, cancel := context.WithCancel(t.Context())
	outcome, err := NewEvaluator(set, 1).Evaluate(ctx, spec, trial, study.Progress{Report: func(study.Measurement) error {
		cancel()
		return nil
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("outcome %+v, error %v; want %v", outcome, err, context.Canceled)
	}
}
