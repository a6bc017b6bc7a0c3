package bench

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/goal-search/goal-search/pid"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

func smallOptions(t *testing.T) Options {
	t.Helper()
	set, err := dataset.Open(dataset.Options{Name: "digits", Images: 300})
	if err != nil {
		t.Fatal(err)
	}
	c := trainer.DefaultConfig()
	c.Hidden, c.BatchSize, c.Epochs = 3, 64, 7
	c.Goal = make([]float64, pid.Trivariate.Terms())
	c.Goal[1] = 1
	return Options{Config: c, Set: set, Cores: 3, Threads: 2, Rounds: 2, Status: func(int, int) {}}
}

func TestMeasure(t *testing.T) {
	r, err := Measure(t.Context(), smallOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	if r.TrainImages != 240 || r.ValidationImages != 60 || r.Kernel != trainer.KernelPath() {
		t.Errorf("%d and %d images on %s, want 240 and 60 on %s", r.TrainImages, r.ValidationImages, r.Kernel, trainer.KernelPath())
	}
	if len(r.AtOnce) != 3 || r.AtOnce[0].Slowdown != 1 || r.AtOnce[1].Trials != 2 || r.AtOnce[2].Trials != 3 {
		t.Errorf("trials at once: %+v, want 1, 2 and 3", r.AtOnce)
	}
	if len(r.Threads) != 1 || r.Threads[0].Threads != 2 {
		t.Errorf("threads: %+v, want 2", r.Threads)
	}
	if want := 8 * r.EpochSeconds; math.Abs(r.Trial.Seconds-want) > 1e-12 {
		t.Errorf("a trial of 7 epochs takes %g s, want 8 times an epoch: %g s", r.Trial.Seconds, want)
	}
	if len(r.Step.Stages) != int(trainer.Stages) {
		t.Errorf("%d stages, want %d", len(r.Step.Stages), trainer.Stages)
	}
	for name, v := range map[string]float64{
		"step": r.Step.Milliseconds, "epoch": r.EpochSeconds, "evaluation": r.EvaluationSeconds,
		"per hour": r.Trial.PerHour, "products": r.Peak.GFLOPS, "copy": r.Peak.CopyGBs,
	} {
		if !(v > 0) || math.IsInf(v, 0) {
			t.Errorf("%s: %g, want a positive number", name, v)
		}
	}
}

func TestMeasureEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := smallOptions(t)
	o.Status = func(round, _ int) {
		if round == 1 {
			cancel()
		}
	}
	if _, err := Measure(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
