package trainer

import (
	"math/rand/v2"

	"github.com/goal-search/goal-search/internal/kernel"
)

// sparse are the connections of a source whose neurons reach but some of the
// layer's own outputs, each the same number. Only their weights exist, as
// [neurons][count]. Products are taken neuron by neuron, from a row of signs
// for each input, and turned into the layer's rows.
type sparse struct {
	count   int
	index   []int32         // [neurons][count]: the inputs, in ascending order
	scratch []sparseScratch // by thread

	source                    *source
	presentTask, backwardTask func(thread, task int) // made once: a closure would be allocated each time
}

// sparseScratch is what one thread needs.
type sparseScratch struct {
	rows []float32 // fields or slopes of neuronsPerTask neurons, [neuron][sample]
	sums kernel.SignSums
}

func newSparse(s *source, count int) *sparse {
	c := &sparse{source: s, count: count, index: make([]int32, s.tiling.neurons*count), scratch: make([]sparseScratch, s.threads)}
	c.presentTask, c.backwardTask = c.presentNeurons, c.backwardNeurons
	return c
}

// connect draws the connections.
func (c *sparse) connect(random *rand.Rand) {
	c.index = drawConnections(random, len(c.index)/c.count, c.count)
}

// of returns a neuron's part of [neurons][count].
func of[E any](c *sparse, values []E, neuron int) []E {
	return values[neuron*c.count:][:c.count]
}

// rows returns scratch memory for the neurons of a task, and how far its rows
// are apart: a line of the cache more than rows of signs are long. Those often
// have a power of two, and then the neighbours of a sample would take each
// other's place in the cache. What lies beyond the batch or belongs to no neuron
// is 0.
func (c *sparse) rows(thread, columns, batch, neurons int) (rows []float32, pitch int) {
	scratch := &c.scratch[thread]
	pitch = columns + kernel.Lane
	scratch.rows = grow(scratch.rows, neuronsPerTask*pitch)
	for n := range neurons {
		clear(scratch.rows[n*pitch+batch : (n+1)*pitch])
	}
	clear(scratch.rows[neurons*pitch:])
	return scratch.rows, pitch
}

func (c *sparse) present() {
	s := c.source
	parallel(s.threads, tasks(s.tiling.neurons, neuronsPerTask), c.presentTask)
}

// presentNeurons computes the fields of some neighbours.
func (c *sparse) presentNeurons(thread, task int) {
	s, m := c.source, c.source.input.outputs.inBlocks
	_, first, last := part(task, s.tiling.neurons, neuronsPerTask)
	rows, pitch := c.rows(thread, m.Columns(), s.batch, last-first)
	for n := first; n < last; n++ {
		row := rows[(n-first)*pitch:][:m.Columns()]
		c.scratch[thread].sums.Weigh(row, s.base[n], of(c, s.weight.value, n), of(c, c.index, n), m)
	}
	tile, place := s.tiling.place(first)
	fields := s.tiling.tile(s.field, tile)
	kernel.Transpose(fields[place:], s.tiling.width, rows, pitch, neuronsPerTask, s.batch)
}

func (c *sparse) backward() {
	s := c.source
	s.backwardBias()
	parallel(s.threads, tasks(s.tiling.neurons, neuronsPerTask), c.backwardTask)
}

// backwardNeurons sets the gradients of some neighbours' weights.
func (c *sparse) backwardNeurons(thread, task int) {
	s, m := c.source, c.source.input.outputs.inBlocks
	_, first, last := part(task, s.tiling.neurons, neuronsPerTask)
	rows, pitch := c.rows(thread, m.Columns(), s.batch, last-first)
	tile, place := s.tiling.place(first)
	slopes := s.tiling.tile(s.slope, tile)
	kernel.Transpose(rows, pitch, slopes[place:], s.tiling.width, s.batch, last-first)
	for n := first; n < last; n++ {
		row := rows[(n-first)*pitch:][:m.Columns()]
		c.scratch[thread].sums.Dot(of(c, s.weight.gradient, n), row, of(c, c.index, n), m)
	}
}
