package kernel

import "math"

// The constants of Adam.
const (
	beta1       = 0.9
	beta2       = 0.999
	adamEpsilon = 1e-8
)

// AdamParams are what changes from step to step: Rate is the learning rate
// divided by 1-β1^t, Correction is √(1-β2^t), and Decay is the weight of the
// L2 term.
type AdamParams struct{ Rate, Correction, Decay float32 }

// Adam applies a step of Adam (Kingma and Ba 2015) with weight decay to value,
// with its moments mean and square, all of one length and none overlapping.
// The gradient is that of the loss, before weight decay.
func Adam(value, gradient, mean, square []float32, p *AdamParams) {
	n := len(value)
	if len(gradient) != n || len(mean) != n || len(square) != n {
		panic("kernel: Adam of slices of unequal length")
	}
	adam(value, gradient, mean, square, p)
}

// adamGeneric is Adam in plain Go. The correction is moved from under the root
// to the other two terms, which saves a division for each value.
func adamGeneric(value, gradient, mean, square []float32, p *AdamParams) {
	rate, epsilon := p.Rate*p.Correction, adamEpsilon*p.Correction
	for i, g := range gradient {
		g += p.Decay * value[i]
		mean[i] += (1 - beta1) * (g - mean[i])
		square[i] += (1 - beta2) * (g*g - square[i])
		value[i] -= rate * mean[i] / (float32(math.Sqrt(float64(square[i]))) + epsilon)
	}
}
