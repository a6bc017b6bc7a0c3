package trainer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/trainer/dataset"
	"github.com/goal-search/goal-search/trainer/dataset/datasettest"
)

// randomImages have a share of pixels that are not black.
func randomImages(images, size int, share float64) *dataset.Images {
	r := rand.New(rand.NewPCG(1, 2))
	set := &dataset.Images{Height: 1, Width: size, Channels: 1, Labels: make([]byte, images), Pixels: make([]byte, images*size)}
	for i := range set.Pixels {
		if r.Float64() < share {
			set.Pixels[i] = byte(1 + r.IntN(255))
		}
	}
	for i := range set.Labels {
		set.Labels[i] = byte(r.IntN(dataset.Classes))
	}
	return set
}

func firstImages(n int) []int32 {
	chosen := make([]int32, n)
	for i := range chosen {
		chosen[i] = int32(i)
	}
	return chosen
}

// TestDensePixelsEqualLists takes a step with each.
func TestDensePixelsEqualLists(t *testing.T) {
	for _, size := range []int{5, 64, 200} {
		for _, batch := range []int{1, 50, 200} {
			images := randomImages(batch, size, .7)
			chosen := firstImages(batch)
			c := smallConfig()
			c.Hidden = 130
			dense, lists := mustNetwork(t, c, size, 2), mustNetwork(t, c, size, 2)
			dense.dense, lists.dense = 0, 2
			for _, n := range []*network{dense, lists} {
				n.train(n.load(images, chosen, true), images.Labels, randomDrawer{1}, true)
			}
			for i, s := range dense.hidden.sources[:1] {
				other := lists.hidden.sources[i]
				compareFloats(t, fmt.Sprintf("%d pixels, %d samples: field", size, batch), s.field, other.field, 1e-5)
				compareFloats(t, fmt.Sprintf("%d pixels, %d samples: gradient", size, batch), s.weight.gradient, other.weight.gradient, 1e-4)
			}
		}
	}
}

func compareFloats(t *testing.T, what string, got, want []float32, tolerance float64) {
	t.Helper()
	scale := scaleOf(widen(want))
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > tolerance*scale {
			t.Fatalf("%s: number %d is %g, want %g, of at most %g", what, i, got[i], want[i], scale)
		}
	}
}

// BenchmarkPixels is a training step by the share of pixels that are not black:
// where the two ways cross is denseFrom.
func BenchmarkPixels(b *testing.B) {
	const batch, size = 1024, 3072
	for _, share := range []float64{.2, .3, .4, .5, .7} {
		images, chosen := randomImages(batch, size, share), firstImages(batch)
		for _, way := range []string{"lists", "dense"} {
			b.Run(fmt.Sprintf("share=%g/%s", share, way), func(b *testing.B) {
				benchmarkImages(b, images, chosen, map[string]float64{"lists": 2, "dense": 0}[way])
			})
		}
	}
}

// BenchmarkCIFAR10 is a training step of 100 neurons on 1024 images of 3,072
// pixels. Its dense products, with the image forward and backward, are 1.258
// GFLOP.
func BenchmarkCIFAR10(b *testing.B) {
	images, chosen := datasettest.CIFAR10(b).Train, firstImages(1024)
	for _, path := range kernel.Available() {
		b.Run(fmt.Sprintf("path=%s", path), func(b *testing.B) {
			defer kernel.Use(kernel.Use(path))
			benchmarkImages(b, images, chosen, denseFrom)
			b.ReportMetric(4*1024*3072*100*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}

func benchmarkImages(b *testing.B, images *dataset.Images, chosen []int32, denseFrom float64) {
	c := DefaultConfig()
	c.Goal = loadTrace(b, "trace_trained").Goal
	n := mustNetwork(b, c, images.Size(), 1)
	n.dense = denseFrom
	labels := labelsOf(images, chosen)
	b.ReportAllocs()
	start := cpuTime()
	for step := uint64(0); b.Loop(); step++ {
		n.train(n.load(images, chosen, true), labels, randomDrawer{step}, true)
	}
	b.ReportMetric(float64((cpuTime()-start).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

// BenchmarkImageProducts is what becomes of a batch of 1024 MNIST images in a
// training step of 100 neurons: loading and the two products.
func BenchmarkImageProducts(b *testing.B) {
	set := datasettest.MNIST(b)
	c := DefaultConfig()
	c.Goal = loadTrace(b, "trace_trained").Goal
	n := mustNetwork(b, c, set.Train.Size(), 1)
	chosen := make([]int32, 1024)
	r := rand.New(rand.NewPCG(1, 2))
	s := n.hidden.sources[0]
	n.hidden.resize(len(chosen))
	stages := []struct {
		name string
		do   func(in input)
	}{
		{"load", func(input) {}},
		{"present", func(in input) { s.present(in, len(chosen)) }},
		{"backward", func(in input) { s.input, s.batch = in, len(chosen); s.backward() }},
	}
	for _, stage := range stages {
		b.Run(stage.name, func(b *testing.B) {
			var spent []time.Duration
			for b.Loop() {
				for i := range chosen {
					chosen[i] = int32(r.IntN(set.Train.Len()))
				}
				start := time.Now()
				in := n.load(set.Train, chosen, true)
				if stage.name != "load" {
					start = time.Now()
				}
				stage.do(in)
				spent = append(spent, time.Since(start))
			}
			slices.Sort(spent)
			b.ReportMetric(float64(spent[len(spent)/2].Nanoseconds()), "median-ns")
			b.ReportMetric(float64(spent[len(spent)/20].Nanoseconds()), "quiet-ns")
		})
	}
}
