//go:build linux

package chaos

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/sampler"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// checkSuggestions makes every suggestion again from the study's seed, the
// trial's number and the results that it saw. What was not suggested is what
// the operator enqueued.
func (r record) checkSuggestions(t *testing.T, enqueued map[int]study.Parameters) {
	t.Helper()
	suggest, err := sampler.New(r.study.Spec.Sampler.Name)
	if err != nil {
		t.Fatal(err)
	}
	ranked := make([]study.Trial, 0, len(r.trials))
	for _, h := range r.trials {
		ranked = append(ranked, h.Trial)
	}
	slices.SortFunc(ranked, func(a, b study.Trial) int { return cmp.Compare(a.Rank, b.Rank) })
	spec := r.study.Spec
	for _, h := range r.trials {
		want, ok := enqueued[h.Number]
		if !ok {
			point, err := suggest.Suggest(spec.Space, spec.Sampler.Seed, h.Number, study.Seen(ranked[:h.Saw], h.Number))
			if err != nil {
				t.Fatal(err)
			}
			want = spec.Space.Complete(point)
		}
		if !reflect.DeepEqual(h.Parameters, want) || h.Seed != spec.TrainerSeed {
			t.Errorf("trial %d (saw %d, enqueued %t) has parameters %v, seed %d; want %v, %d",
				h.Number, h.Saw, ok, h.Parameters, h.Seed, want, spec.TrainerSeed)
		}
	}
}

// replaysMax is how many trials train again at a time.
const replaysMax = 2

// checkReplays trains every trial again and compares each epoch bit for bit.
func (r record) checkReplays(t *testing.T, set *dataset.Set) {
	t.Helper()
	numbers := make(chan study.History)
	var trainings sync.WaitGroup
	for range replaysMax {
		trainings.Go(func() {
			for h := range numbers {
				if err := replay(t.Context(), r.study.Spec, set, h); err != nil {
					t.Errorf("trial %d: %v", h.Number, err)
				}
			}
		})
	}
	for _, h := range r.trials {
		if h.State == study.Complete { // else check said so
			numbers <- h
		}
	}
	close(numbers)
	trainings.Wait()
}

func replay(ctx context.Context, spec study.Spec, set *dataset.Set, h study.History) error {
	last := h.Attempts[len(h.Attempts)-1]
	if last.Environment.KernelPath != trainer.KernelPath() {
		return fmt.Errorf("it trained on kernels %s, these are %s", last.Environment.KernelPath, trainer.KernelPath())
	}
	reported := h.Epochs()
	outcome, err := objective.NewEvaluator(set, 1).Evaluate(ctx, spec, h.Trial, study.Progress{Report: func(m study.Measurement) error {
		if m.Epoch >= len(reported) {
			return fmt.Errorf("its replay has an epoch %d", m.Epoch)
		}
		return sameMeasurement(reported[m.Epoch], m)
	}})
	if err == nil && !same(outcome.Value, *h.Value) {
		err = fmt.Errorf("its value is %g, its replay's %g", *h.Value, outcome.Value)
	}
	return err
}

// sameMeasurement compares all but times.
func sameMeasurement(got, want study.Measurement) error {
	if !same(got.Value, want.Value) || len(got.Metrics) != len(want.Metrics) {
		return fmt.Errorf("epoch %d: value %g with %d metrics, its replay's %g with %d", got.Epoch, got.Value, len(got.Metrics), want.Value, len(want.Metrics))
	}
	for name, value := range want.Metrics {
		if name != objective.Seconds && !same(got.Metrics[name], value) {
			return fmt.Errorf("epoch %d: %s is %g, its replay's %g", got.Epoch, name, got.Metrics[name], value)
		}
	}
	return nil
}
