package trainer

import (
	"fmt"
	"math"
	"slices"

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
	scratch    []scratch // by thread
	tasks      layerTasks
	clock      *clock // off but in the hidden layer

	batch    int
	theta    []float32  // P(y = +1)
	gradient []float32  // of the loss by theta
	cells    []uint16   // joint bins of the sources
	terms    []float64  // [neurons][terms], in bits
	losses   []float64  // by neuron, in bits
	fired    []uint16   // a bit for each place
	outputs  [2]outputs // of the even and of the odd presentations

	draw         drawer // at hand, for the tasks
	presentation int
	learning     bool
}

// scratch is what one thread needs.
type scratch struct {
	estimator *pid.FastEstimator // of the loss: minus the goal
	rows      blockRows
}

// layerTasks are the layer's parallel tasks, made once: a closure would be
// allocated each time.
type layerTasks struct {
	activate, again, bin, sample, estimate, backward func(thread, task int)
}

// blockRows are the rows of a block of samples in one tile. A block has at
// most 256 samples.
type blockRows struct {
	width           int
	theta, gradient []float32
	fields, slopes  [3][]float32 // by source
	context         []uint8      // by sample: its row of the second source's
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
		s.resize(batch)
	}
}

// blocks calls do for blocks of samples that cover the batch in every tile.
func (l *layer) blocks(do func(thread, task int)) {
	parallel(l.threads, l.tiling.tiles*tasks(l.batch, samplesPerTask), do)
}

// block returns where in the layer's rows a block of samples is.
func (l *layer) block(task int) (from, to int) {
	tile, first, last := part(task, l.batch, samplesPerTask)
	rows := tile * l.batch
	return (rows + first) * l.tiling.width, (rows + last) * l.tiling.width
}

// rows returns the rows of a block.
func (l *layer) rows(thread, task int) *blockRows {
	tile, first, last := part(task, l.batch, samplesPerTask)
	from, to := l.block(task)
	r := &l.scratch[thread].rows
	r.width, r.theta, r.gradient = l.tiling.width, l.theta[from:to], l.gradient[from:to]
	r.context = ownContext[:last-first]
	for i, s := range l.sources {
		r.fields[i], r.slopes[i] = s.fieldRows(tile, first, last), s.slopeRows(tile, task, first, last)
		if s.sharing == labelField {
			r.context = s.input.context[first:last]
		}
	}
	return r
}

// activate computes the firing probabilities from the fields of a presentation.
func (l *layer) activate(presentation int) {
	if presentation == 1 {
		l.blocks(l.tasks.activate)
	} else {
		l.blocks(l.tasks.again)
	}
	l.clock.lap(Activation)
}

func (l *layer) activateBlock(thread, task int) { l.activation.forward(l.rows(thread, task)) }

func (l *layer) againBlock(thread, task int) { l.activation.again(l.rows(thread, task)) }

// sample draws the outputs of a presentation and returns them as an input; if
// turned, by neuron too. Those by neuron of the presentation before stay.
func (l *layer) sample(draw drawer, presentation int, turned bool) input {
	l.draw, l.presentation = draw, presentation
	l.blocks(l.tasks.sample)
	o := &l.outputs[presentation%2]
	o.tiling, o.bySample = l.tiling, l.fired
	if turned {
		o.turn(l.batch)
		if l.sparse() {
			o.inBlocks.Set(o.byNeuron)
		}
	}
	l.clock.lap(Sampling)
	return input{outputs: o}
}

func (l *layer) sampleBlock(_, task int) {
	from, to := l.block(task)
	l.draw.draw(l.fired[from/kernel.Lane:to/kernel.Lane], l.theta[from:to], l.presentation, from)
}

// clearEmptyPlaces sets the rows' places without a neuron to 0.
func (l *layer) clearEmptyPlaces(rows []float32) {
	last := l.tiling.tile(rows, l.tiling.tiles-1)
	for b := range l.batch {
		clear(l.tiling.row(last, b)[l.tiling.used(l.tiling.tiles-1):])
	}
}

// neuronsPerTask is how many neighbours one thread estimates at a time: they
// share cache lines.
const neuronsPerTask = kernel.Lane

// estimate computes each neuron's information terms and returns the sum of
// their goals. If learn, it also sets the sources' slopes: the derivative of
// the loss, which is minus that sum.
func (l *layer) estimate(learn bool) float64 {
	l.learning = learn
	l.binning.cells(l)
	l.clock.lap(Binning)
	parallel(l.threads, tasks(l.tiling.neurons, neuronsPerTask), l.tasks.estimate)
	l.clock.lap(Information)
	if learn {
		l.clearEmptyPlaces(l.gradient)
		l.blocks(l.tasks.backward)
		l.clock.lap(Activation)
	}
	var sum float64
	for _, loss := range l.losses {
		sum -= loss
	}
	return sum
}

// estimateNeurons estimates neighbours of one tile.
func (l *layer) estimateNeurons(thread, task int) {
	_, first, last := part(task, l.tiling.neurons, neuronsPerTask)
	at := l.column(first)
	b := pid.FastBatch{
		Samples: l.batch, Neurons: last - first, Stride: l.tiling.width,
		Cells: l.cells[at:], Theta: l.theta[at:],
	}
	if l.learning {
		b.Gradient = l.gradient[at:]
	}
	terms := l.lattice.Terms()
	l.scratch[thread].estimator.Estimate(b, l.losses[first:last], l.terms[first*terms:last*terms])
}

// column returns where in the layer's rows a neuron's column begins.
func (l *layer) column(neuron int) int {
	tile, place := l.tiling.place(neuron)
	return tile*l.batch*l.tiling.width + place
}

func (l *layer) backwardBlock(thread, task int) { l.activation.backward(l.rows(thread, task)) }

// learn moves the weights up the gradient of the goals.
func (l *layer) learn() {
	l.adam.step()
	for _, s := range l.sources {
		s.backward()
		l.clock.lap(s.stages.backward)
		l.adam.update(s.weight, l.threads)
		l.adam.update(s.bias, l.threads)
		l.clock.lap(Optimiser)
	}
}

// sparse tells whether a source takes the layer's own outputs by neuron even
// where it does not learn.
func (l *layer) sparse() bool {
	return slices.ContainsFunc(l.sources, func(s *source) bool { return s.sparse != nil })
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
