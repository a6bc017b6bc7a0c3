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
	index   []int32     // [neurons][count]: the inputs, in ascending order
	scratch [][]float32 // by thread: fields or slopes of neuronsPerTask neurons, [neuron][sample]
}

func newSparse(neurons, count, threads int) *sparse {
	return &sparse{count: count, index: make([]int32, neurons*count), scratch: make([][]float32, threads)}
}

// connect draws the connections.
func (c *sparse) connect(random *rand.Rand) {
	c.index = drawConnections(random, len(c.index)/c.count, c.count)
}

// of returns a neuron's part of [neurons][count].
func of[E any](c *sparse, values []E, neuron int) []E {
	return values[neuron*c.count:][:c.count]
}

// rows returns scratch memory for the neurons of a task. A row is as long as
// those of signs; what lies beyond the batch or belongs to no neuron is 0.
func (c *sparse) rows(thread, length, batch, neurons int) []float32 {
	c.scratch[thread] = grow(c.scratch[thread], neuronsPerTask*length)
	rows := c.scratch[thread]
	for n := range neurons {
		clear(rows[n*length+batch : (n+1)*length])
	}
	clear(rows[neurons*length:])
	return rows
}

// presentSparse computes the fields of signs, or of silence.
func (s *source) presentSparse() {
	copy(s.base, s.bias.value)
	if s.input.outputs != nil {
		parallel(s.threads, tasks(s.tiling.neurons, neuronsPerTask), s.presentTask)
		return
	}
	for tile := 0; tile < s.tiling.tiles && s.sharing != silenceField; tile++ {
		fillRows(s.tiling.tile(s.field, tile), s.tiling.tile(s.base, tile))
	}
}

// presentNeurons computes the fields of some neighbours.
func (s *source) presentNeurons(thread, task int) {
	c, m := s.sparse, s.input.outputs.byNeuron
	_, first, last := part(task, s.tiling.neurons, neuronsPerTask)
	length := m.Words * kernel.Lane
	rows := c.rows(thread, length, s.batch, last-first)
	for n := first; n < last; n++ {
		row := rows[(n-first)*length:][:length]
		kernel.WeighSigns(row, s.base[n], of(c, s.weight.value, n), of(c, c.index, n), m)
	}
	tile, place := s.tiling.place(first)
	fields := s.tiling.tile(s.field, tile)
	kernel.Transpose(fields[place:], s.tiling.width, rows, length, neuronsPerTask, s.batch)
}

// backwardNeurons sets the gradients of some neighbours' weights.
func (s *source) backwardNeurons(thread, task int) {
	c, m := s.sparse, s.input.outputs.byNeuron
	_, first, last := part(task, s.tiling.neurons, neuronsPerTask)
	length := m.Words * kernel.Lane
	rows := c.rows(thread, length, s.batch, last-first)
	tile, place := s.tiling.place(first)
	slopes := s.tiling.tile(s.slope, tile)
	kernel.Transpose(rows, length, slopes[place:], s.tiling.width, s.batch, last-first)
	for n := first; n < last; n++ {
		row := rows[(n-first)*length:][:length]
		kernel.DotSigns(of(c, s.weight.gradient, n), row, of(c, c.index, n), m)
	}
}
