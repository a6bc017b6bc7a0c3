package trainer

import "github.com/goal-search/goal-search/internal/kernel"

// activation turns the fields of a block of samples into firing probabilities,
// and the derivative by these into those by the fields. It may keep what it
// will need again in the slopes.
type activation interface {
	forward(r *blockRows)  // sets theta
	again(r *blockRows)    // sets theta where since then only the lateral field has changed
	backward(r *blockRows) // sets slopes, after again if the layer has a lateral field
}

// ownContext numbers the samples of a block: each has a row of its own.
var ownContext = func() (c [256]uint8) {
	for i := range c {
		c[i] = uint8(i)
	}
	return c
}()

// trivariateFields returns the fields of a block of trivariate neurons.
func (r *blockRows) trivariateFields() kernel.Fields {
	return kernel.Fields{
		Width: r.width, F: r.fields[0], C: r.fields[1], L: r.fields[2],
		Context: r.context,
	}
}

// trivariate is the activation of referenceSchneider. Between presentations,
// and until backward, the slopes by F and L hold the inner logistics of C and L.
type trivariate struct{ kernel.SchneiderParams }

func (a *trivariate) forward(r *blockRows) {
	x := r.trivariateFields()
	kernel.Schneider(r.theta, r.slopes[0], &x, &a.SchneiderParams)
}

func (a *trivariate) again(r *blockRows) {
	x := r.trivariateFields()
	kernel.SchneiderLateral(r.theta, r.slopes[0], r.slopes[2], &x, &a.SchneiderParams)
}

func (a *trivariate) backward(r *blockRows) {
	x := r.trivariateFields()
	clear(r.slopes[1]) // the kernel adds to it
	kernel.SchneiderBackward(r.slopes[0], r.slopes[1], r.slopes[2], r.gradient, r.theta, &x, &a.SchneiderParams)
	kernel.FlushTiny(r.slopes[1])
}

// readout is graetz with k1 = 1: the second source has no influence.
type readout struct{}

func (readout) forward(r *blockRows) { kernel.ClampedLogistic(r.theta, r.fields[0]) }

func (readout) again(*blockRows) {} // no lateral field changes

func (readout) backward(r *blockRows) {
	kernel.ClampedLogisticBackward(r.slopes[0], r.gradient, r.theta)
	clear(r.slopes[1])
}
