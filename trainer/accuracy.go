package trainer

import (
	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/pid"
)

// accuracy returns the share of samples whose label is the output neuron that
// fires most probably. theta is [neurons][batch] and is changed: within the
// batch, a neuron that fires with a mean probability of at least 1/2 is read
// inverted, since a goal of redundancy with the label does not say which of
// the two outputs stands for it. Of equal neurons the first counts.
func accuracy[T pid.Float](theta []T, labels []byte) float64 {
	batch := len(labels)
	neurons := len(theta) / batch
	for n := range neurons {
		invertActive(theta[n*batch:][:batch])
	}
	correct := 0
	for b, label := range labels {
		best := 0
		for n := 1; n < neurons; n++ {
			if theta[n*batch+b] > theta[best*batch+b] {
				best = n
			}
		}
		if best == int(label) {
			correct++
		}
	}
	return float64(correct) / float64(batch)
}

func invertActive[T pid.Float](theta []T) {
	var sum float64
	for _, t := range theta {
		sum += float64(t)
	}
	if sum/float64(len(theta)) < 0.5 {
		return
	}
	for b, t := range theta {
		theta[b] = 1 - t
	}
}

// rowAccuracy is accuracy for up to kernel.Lane neurons in rows of as many
// places. It leaves theta alone.
func rowAccuracy(theta []float32, labels []byte, neurons int) float64 {
	var sums [kernel.Lane]float64
	kernel.SumColumns(sums[:neurons], theta)
	var factor, summand [kernel.Lane]float32
	for n, sum := range sums[:neurons] {
		factor[n] = 1
		if !(sum/float64(len(labels)) < 0.5) {
			factor[n], summand[n] = -1, 1
		}
	}
	return float64(kernel.CountHits(theta, factor[:neurons], summand[:neurons], labels)) / float64(len(labels))
}
