package trainer

import (
	"fmt"
	"math"

	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/pid"
)

// layer is a group of neurons with the same input classes, activation and
// goal, each of which learns by itself. What belongs to a sample and a neuron
// is stored by the layer's tiling, a row for each sample.
type layer struct {
	tiling     tiling
	sources    []*source // F, C[, L]
	activation activation
	binning    binning
	lattice    *pid.Lattice
	adam       adam
	threads    int
	estimators []*pid.FastEstimator // by thread, of the loss: minus the goal

	batch    int
	theta    []float32 // P(y = +1)
	gradient []float32 // of the loss by theta
	cells    []uint16  // joint bins of the sources
	terms    []float64 // [neurons][terms], in bits
	losses   []float64 // by neuron, in bits
	fired    []uint16  // a bit for each place
	outputs  [2]lister // of the even and of the odd presentations
}

// resize prepares for a batch.
func (l *layer) resize(batch int) {
	n := l.tiling.size(batch)
	l.batch = batch
	l.theta = grow(l.theta, n)
	l.gradient = grow(l.gradient, n)
	l.cells = grow(l.cells, n)
	l.fired = grow(l.fired, n/kernel.Lane)
	for _, s := range l.sources {
		s.field = grow(s.field, n)
		s.slope = grow(s.slope, n)
	}
}

// block is some samples of one tile, as a part of every slice of rows.
type block struct{ tile, from, to int }

// blocks calls do for blocks of samples that cover the batch.
func (l *layer) blocks(do func(block)) {
	perTile := (l.batch + samplesPerTask - 1) / samplesPerTask
	parallel(l.threads, l.tiling.tiles*perTile, func(_, task int) {
		first := task % perTile * samplesPerTask
		rows := l.tiling.width * l.batch * (task / perTile)
		do(block{
			task / perTile,
			rows + l.tiling.width*first,
			rows + l.tiling.width*min(first+samplesPerTask, l.batch),
		})
	})
}

// parts returns a block of a slice of every source.
func (l *layer) parts(of func(*source) []float32, b block) [][]float32 {
	parts := make([][]float32, len(l.sources))
	for i, s := range l.sources {
		parts[i] = of(s)[b.from:b.to]
	}
	return parts
}

func fieldOf(s *source) []float32 { return s.field }
func slopeOf(s *source) []float32 { return s.slope }

// activate computes the firing probabilities from the fields.
func (l *layer) activate() {
	l.blocks(func(b block) {
		l.activation.forward(l.theta[b.from:b.to], l.parts(fieldOf, b), l.tiling.width)
	})
}

// sample draws the outputs of a presentation and returns them as an input.
// Those of the presentation before stay.
func (l *layer) sample(draw drawer, presentation int, learn bool) input {
	l.blocks(func(b block) {
		draw.draw(l.fired[b.from/kernel.Lane:b.to/kernel.Lane], l.theta[b.from:b.to], presentation, b.from)
	})
	l.silenceEmptyPlaces()
	return l.outputs[presentation%2].fired(l.fired, l.tiling, l.batch, learn)
}

// silenceEmptyPlaces clears the bits of places without a neuron.
func (l *layer) silenceEmptyPlaces() {
	perRow := l.tiling.width / kernel.Lane
	rows := l.fired[(l.tiling.tiles-1)*l.batch*perRow:]
	for used, w := l.tiling.lastTile(), 0; w < perRow; w++ {
		mask := uint16(1)<<min(max(used-w*kernel.Lane, 0), kernel.Lane) - 1
		for b := range l.batch {
			rows[b*perRow+w] &= mask
		}
	}
}

// clearEmptyPlaces sets the rows' places without a neuron to 0.
func (l *layer) clearEmptyPlaces(rows []float32) {
	last := l.tiling.tile(rows, l.tiling.tiles-1)
	for b := range l.batch {
		clear(l.tiling.row(last, b)[l.tiling.lastTile():])
	}
}

// neuronsPerTask is how many neighbours one thread estimates at a time: they
// share cache lines.
const neuronsPerTask = kernel.Lane

// estimate computes each neuron's information terms and returns the sum of
// their goals. If learn, it also sets the sources' slopes: the derivative of
// the loss, which is minus that sum.
func (l *layer) estimate(learn bool) float64 {
	l.binning.cells(l)
	tasks := (l.tiling.neurons + neuronsPerTask - 1) / neuronsPerTask
	parallel(l.threads, tasks, func(thread, task int) {
		first := task * neuronsPerTask
		l.estimateNeurons(l.estimators[thread], first, min(neuronsPerTask, l.tiling.neurons-first), learn)
	})
	if learn {
		l.clearEmptyPlaces(l.gradient)
		l.blocks(func(b block) {
			l.activation.backward(l.parts(slopeOf, b), l.gradient[b.from:b.to], l.theta[b.from:b.to], l.parts(fieldOf, b), l.tiling.width)
		})
	}
	var sum float64
	for _, loss := range l.losses {
		sum -= loss
	}
	return sum
}

// estimateNeurons estimates neighbours of one tile.
func (l *layer) estimateNeurons(e *pid.FastEstimator, first, count int, learn bool) {
	tile, place := l.tiling.place(first)
	at := tile*l.batch*l.tiling.width + place
	b := pid.FastBatch{Samples: l.batch, Neurons: count, Stride: l.tiling.width, Cells: l.cells[at:], Theta: l.theta[at:]}
	if learn {
		b.Gradient = l.gradient[at:]
	}
	terms := l.lattice.Terms()
	e.Estimate(b, l.losses[first:first+count], l.terms[first*terms:(first+count)*terms])
}

// learn moves the weights up the gradient of the goals.
func (l *layer) learn() {
	l.adam.step()
	for _, s := range l.sources {
		s.backward()
		l.adam.update(s.weight, l.threads)
		l.adam.update(s.bias, l.threads)
	}
}

// meanTerms adds the mean of each information term over the neurons to sum.
func (l *layer) meanTerms(sum []float64) {
	count := len(sum)
	for i, v := range l.terms {
		sum[i%count] += v / float64(l.tiling.neurons)
	}
}

// checkFinite returns an error naming the first weight that is no number.
func (l *layer) checkFinite(name string) error {
	for i, s := range l.sources {
		for _, values := range [][]float32{s.weight.value, s.bias.value} {
			for _, v := range values {
				if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
					return fmt.Errorf("%w: a weight of source %d of the %s layer is %g", ErrDiverged, i+1, name, float64(v))
				}
			}
		}
	}
	return nil
}
