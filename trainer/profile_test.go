package trainer

import (
	"bytes"
	"testing"

	"github.com/goal-search/goal-search/trainer/dataset"
)

func TestProfileTellsStagesApart(t *testing.T) {
	c := smallConfig()
	var p Profile
	r, err := NewRun(c, smallSet(t), Options{Profile: &p})
	if err != nil {
		t.Fatal(err)
	}
	finish(t, r)
	const batches = 4 // 400 images to train on, 128 at a time
	if len(p.Steps) != c.Epochs*batches || len(p.Validation) != c.Epochs+1 {
		t.Errorf("%d steps and %d validations, want %d and %d", len(p.Steps), len(p.Validation), c.Epochs*batches, c.Epochs+1)
	}
	var sum StepTimes
	for i := range p.Steps {
		if p.Steps[i].Whole() <= 0 {
			t.Errorf("step %d took no time", i)
		}
		for s, d := range p.Steps[i] {
			sum[s] += d
		}
	}
	for s, d := range sum {
		if d <= 0 {
			t.Errorf("stage %s took no time in %d steps", Stage(s), len(p.Steps))
		}
	}
}

func TestProfileChangesNoWeight(t *testing.T) {
	plain := mustRun(t, smallConfig(), 1)
	measured, err := NewRun(smallConfig(), smallSet(t), Options{Profile: new(Profile)})
	if err != nil {
		t.Fatal(err)
	}
	finish(t, plain)
	finish(t, measured)
	if !bytes.Equal(save(t, plain), save(t, measured)) {
		t.Error("a measured run ends with other weights")
	}
}

// TestStepAllocatesNothing holds once all batches have been seen: before,
// lists grow.
func TestStepAllocatesNothing(t *testing.T) {
	for name, c := range map[string]Config{"dense": smallConfig(), "sparse": sparseConfig()} {
		t.Run(name, func(t *testing.T) { stepAllocatesNothing(t, c) })
	}
}

func stepAllocatesNothing(t *testing.T, c Config) {
	set := smallSet(t)
	n, err := newNetwork(c, set.Train.Size(), set.Normalization, 1)
	if err != nil {
		t.Fatal(err)
	}
	train, _ := dataset.Split(set.Train.Len(), c.ValidationFraction, c.Seed)
	chosen := train[:c.BatchSize]
	labels := labelsOf(set.Train, chosen)
	step := uint64(0)
	learn := func() {
		n.train(n.load(set.Train, chosen, true), labels, randomDrawer{step}, true)
		step++
	}
	evaluate := func() { n.evaluate(n.load(set.Train, chosen, false), labels, randomDrawer{step}) }
	for range 30 { // neurons fire more often, and lists grow
		learn()
	}
	if got := testing.AllocsPerRun(50, learn); got != 0 {
		t.Errorf("a training step allocates %g times", got)
	}
	if got := testing.AllocsPerRun(50, evaluate); got != 0 {
		t.Errorf("an evaluation allocates %g times", got)
	}
}
