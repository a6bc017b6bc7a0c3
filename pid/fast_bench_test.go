package pid

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/goal-search/goal-search/internal/kernel"
)

// occupied is a batch of neurons of which each has that many occupied cells.
func occupied(tb testing.TB, cells, neurons int) *fastCase {
	const samples = 1024
	random := rand.New(rand.NewPCG(31, 32))
	c := newFastCase(randomGoal(tb, random, 3), []int{20, 20, 20}, samples, neurons)
	for n := range neurons {
		for b := range samples {
			cell := b
			if b >= cells {
				cell = random.IntN(cells)
			}
			c.set(n, b, random.Float32(), uint8(cell/64), uint8(6+cell/8%8), uint8(6+cell%8))
		}
	}
	return c
}

// BenchmarkFastEstimate times 96 neurons on a batch of 1024 samples.
func BenchmarkFastEstimate(b *testing.B) {
	const neurons = 96
	for _, cells := range []int{8, 33, 100, 400} {
		c := occupied(b, cells, neurons)
		for _, path := range kernel.Available() {
			b.Run(fmt.Sprintf("cells=%d/%s", cells, path), func(b *testing.B) {
				defer kernel.Use(kernel.Use(path))
				e, err := NewFastEstimator(c.goal, c.size...)
				if err != nil {
					b.Fatal(err)
				}
				e.Estimate(c.fast, c.values, c.terms)
				b.ReportAllocs()
				for b.Loop() {
					e.Estimate(c.fast, c.values, c.terms)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/neurons, "ns/neuron")
			})
		}
		b.Run(fmt.Sprintf("cells=%d/reference", cells), func(b *testing.B) {
			e, err := NewEstimator[float32](c.size...)
			if err != nil {
				b.Fatal(err)
			}
			theta, gradient := make([]float32, c.fast.Samples), make([]float32, c.fast.Samples)
			for i := range theta {
				theta[i] = float32(c.theta[0][i])
			}
			b.ReportAllocs()
			for b.Loop() {
				e.Estimate(c.goal, theta, c.bins[0], c.terms[:19], gradient)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N), "ns/neuron")
		})
	}
}
