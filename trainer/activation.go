package trainer

import "github.com/goal-search/goal-search/internal/kernel"

// activation turns the fields of a block of samples into firing probabilities,
// and the derivatives by these into those by the fields. All slices are rows
// of one tile, of the same samples. A block has at most 256 samples.
type activation interface {
	forward(theta []float32, fields [][]float32, width int)
	backward(slopes [][]float32, gradient, theta []float32, fields [][]float32, width int)
}

// ownContext numbers the samples of a block: each has a context of its own.
var ownContext = func() (c [256]uint8) {
	for i := range c {
		c[i] = uint8(i)
	}
	return c
}()

func fieldsOf(fields [][]float32, width int) kernel.Fields {
	return kernel.Fields{
		Width: width, F: fields[0], C: fields[1], L: fields[2],
		Context: ownContext[:len(fields[0])/width],
	}
}

// trivariate is the activation of referenceSchneider.
type trivariate struct{ kernel.SchneiderParams }

func (a *trivariate) forward(theta []float32, fields [][]float32, width int) {
	x := fieldsOf(fields, width)
	kernel.Schneider(theta, &x, &a.SchneiderParams)
}

func (a *trivariate) backward(slopes [][]float32, gradient, theta []float32, fields [][]float32, width int) {
	x := fieldsOf(fields, width)
	clear(slopes[1])
	kernel.SchneiderBackward(slopes[0], slopes[1], slopes[2], gradient, theta, &x, &a.SchneiderParams)
}

// readout is graetz with k1 = 1: the second source has no influence.
type readout struct{}

func (readout) forward(theta []float32, fields [][]float32, _ int) {
	kernel.ClampedLogistic(theta, fields[0])
}

func (readout) backward(slopes [][]float32, gradient, theta []float32, _ [][]float32, _ int) {
	kernel.ClampedLogisticBackward(slopes[0], gradient, theta)
	clear(slopes[1])
}
