//go:build reproduction

package trainer

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"testing"

	"github.com/goal-search/goal-search/internal/vectors"
	"github.com/goal-search/goal-search/trainer/dataset"
	"github.com/goal-search/goal-search/trainer/dataset/datasettest"
)

// TestAccuracyEqualsReference40 trains setup 1 for 40 epochs with ten seeds,
// by the network and by the reference in float64, from the same weights and on
// the same batches but with random outputs of their own. The 95 % interval of
// the mean difference in validation accuracy has to lie within ±0.3 points.
// It takes half an hour on two cores: make reproduce.
func TestAccuracyEqualsReference40(t *testing.T) {
	const seeds, epochs, allowed = 10, 40, 0.003
	set := datasettest.MNIST(t)
	var goals struct {
		Goals map[string]struct{ Gamma []float64 }
	}
	vectors.Load(t, "goals.json", &goals)
	var differences [seeds]float64
	var wait sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for seed := range differences {
		wait.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			c := DefaultConfig()
			c.Seed, c.Epochs, c.Goal = uint64(seed), epochs, goals.Goals["infomorphic_context_lateral/opt_1_100_tpe"].Gamma
			got, want := trainedAccuracy(t, c, set), referenceAccuracy(t, c, set)
			differences[seed] = got - want
			fmt.Fprintf(os.Stderr, "seed %d: validation accuracy %.4f, reference %.4f\n", seed, got, want)
		})
	}
	wait.Wait()
	mean, half := interval(differences[:])
	fmt.Printf("validation accuracy less the reference's at epoch %d: %.4f, 95 %% interval %.4f to %.4f\n", epochs, mean, mean-half, mean+half)
	if math.Abs(mean)+half > allowed {
		t.Errorf("the interval reaches beyond ±%g", allowed)
	}
}

func trainedAccuracy(t *testing.T, c Config, set *dataset.Set) float64 {
	r, err := NewRun(c, set, Options{})
	if err != nil {
		t.Error(err)
		return math.NaN()
	}
	var e Epoch
	for !r.Done() {
		if e, err = r.NextEpoch(context.Background()); err != nil {
			t.Error(err)
			return math.NaN()
		}
	}
	return e.ValidationAccuracy
}

// uniformDrawer draws the reference's outputs.
type uniformDrawer struct{ key uint64 }

func (d uniformDrawer) draw(dst, theta []float64, presentation, neuron int) {
	stream := rand.NewPCG(d.key, mix(uint64(presentation), uint64(neuron)))
	for b, t := range theta {
		dst[b] = -1
		if float64(stream.Uint64()>>11)*0x1p-53 < t {
			dst[b] = 1
		}
	}
}

// referenceAccuracy is trainedAccuracy of the reference.
func referenceAccuracy(t *testing.T, c Config, set *dataset.Set) float64 {
	r, err := NewRun(c, set, Options{}) // for its split and first weights
	if err != nil {
		t.Error(err)
		return math.NaN()
	}
	n, err := newReferenceNetwork[float64](c, set.Train.Size(), 1)
	if err != nil {
		t.Error(err)
		return math.NaN()
	}
	for name, p := range n.parameters() {
		copy(p.value, tracedNetwork{r.network}.end(name))
	}
	values := normalisedBytes[float64](set.Normalization)
	pass := func(chosen []int32, stream dataset.Stream, epoch int, do func(batch int, chosen []int32) float64) float64 {
		order := make([]int32, len(chosen))
		dataset.Shuffle(order, chosen, c.Seed, stream, epoch)
		batches := split(order, c.BatchSize)
		var sum float64
		for i, chosen := range batches {
			n.load(set.Train, chosen, &values)
			sum += do(i, chosen)
		}
		return sum / float64(len(batches))
	}
	for epoch := range c.Epochs + 1 {
		pass(r.train, dataset.TrainStream, epoch, func(i int, chosen []int32) float64 {
			draw := uniformDrawer{mix(c.Seed, purposeTraining, uint64(epoch), uint64(i))}
			return n.train(labelsOf(set.Train, chosen), draw, epoch > 0).accuracy
		})
	}
	return pass(r.validation, dataset.ValidationStream, c.Epochs, func(i int, chosen []int32) float64 {
		return n.evaluate(labelsOf(set.Train, chosen), uniformDrawer{mix(c.Seed, purposeValidation, uint64(i))})
	})
}

// interval returns the mean and half the width of its 95 % interval, by
// Student's distribution of 9 degrees of freedom.
func interval(values []float64) (mean, half float64) {
	const student = 2.262
	for _, v := range values {
		mean += v / float64(len(values))
	}
	var square float64
	for _, v := range values {
		square += (v - mean) * (v - mean)
	}
	return mean, student * math.Sqrt(square/float64(len(values)-1)/float64(len(values)))
}
