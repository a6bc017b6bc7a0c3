package trainer

import (
	"math"

	"github.com/goal-search/goal-search/internal/kernel"
)

// parameter is a tensor that is learned, and what Adam remembers of it: for
// each neuron the same number of rows, in tiles.
type parameter struct {
	tiling   tiling
	rows     int
	vector   bool // one number for each neuron
	value    []float32
	gradient []float32 // of the loss, before weight decay
	mean     []float32 // first moment
	square   []float32 // second moment

	step       kernel.AdamParams // at hand
	updateTask func(thread, task int)
}

func newParameter(t tiling, rows int, vector bool) *parameter {
	n := t.size(rows)
	p := &parameter{
		tiling: t, rows: rows, vector: vector,
		value: make([]float32, n), gradient: make([]float32, n), mean: make([]float32, n), square: make([]float32, n),
	}
	p.updateTask = p.updateElements
	return p
}

// shape returns the dimensions of the saved tensor.
func (p *parameter) shape() []uint64 {
	if p.vector {
		return []uint64{uint64(p.tiling.neurons)}
	}
	return []uint64{uint64(p.tiling.neurons), uint64(p.rows)}
}

// adam is Adam (Kingma and Ba 2015) as PyTorch has it, with weight decay as an
// L2 term in the gradient.
type adam struct {
	rate, decay float64
	steps       int
}

const (
	beta1       = 0.9
	beta2       = 0.999
	adamEpsilon = 1e-8
)

// step counts a step; update then applies it to each parameter.
func (a *adam) step() { a.steps++ }

// elementsPerTask is how many weights one thread updates at a time.
const elementsPerTask = 1 << 14

// update moves the parameter by one step.
func (a *adam) update(p *parameter, threads int) {
	p.step = kernel.AdamParams{
		Rate:       float32(a.rate / (1 - math.Pow(beta1, float64(a.steps)))),
		Correction: float32(math.Sqrt(1 - math.Pow(beta2, float64(a.steps)))),
		Decay:      float32(a.decay),
	}
	parallel(threads, tasks(len(p.value), elementsPerTask), p.updateTask)
}

// updateElements updates some of the parameter's elements.
func (p *parameter) updateElements(_, task int) {
	_, first, last := part(task, len(p.value), elementsPerTask)
	kernel.Adam(p.value[first:last], p.gradient[first:last], p.mean[first:last], p.square[first:last], &p.step)
}
