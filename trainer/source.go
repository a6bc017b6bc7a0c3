package trainer

import (
	"math"
	"math/rand/v2"

	"github.com/goal-search/goal-search/internal/kernel"
)

// source is one input class of a layer: a linear map with a bias of its own,
// which gives each neuron one field.
type source struct {
	tiling  tiling
	in      int
	weight  *parameter // [in] rows
	bias    *parameter // one row
	missing []int32    // places in the weights of connections that do not exist
	sparse  *sparse    // of a source with drawn connections, whose weights are [neurons][count]; otherwise nil
	threads int
	stages  productStages
	sharing sharing

	input input
	batch int
	base  []float32 // one row: what an empty list gives
	field []float32 // [batch] rows, or [contexts]
	slope []float32 // [batch] rows, or [tasks][contexts]: derivative of the loss by the field

	tables [][]float32 // by thread

	presentTask, backwardTask     func(thread, task int) // made once: a closure would be allocated each time
	presentSigned, backwardSigned func(thread, task int) // of outputs
	backwardImages                func(thread, task int)
}

func newSource(t tiling, in int, c connection, most, threads int) *source {
	s := &source{
		tiling: t, in: in, threads: threads,
		bias: newParameter(t, 1, true), base: make([]float32, t.size(1)), tables: make([][]float32, threads),
	}
	if drawn := c.drawn(in, most); drawn > 0 {
		s.sparse = newSparse(t.neurons, drawn, threads)
		s.weight = newParameter(ownTiles(t.neurons), drawn, false)
		s.presentTask, s.backwardTask = s.presentNeurons, s.backwardNeurons
		return s
	}
	s.weight = newParameter(t, in, false)
	s.presentTask, s.backwardTask = s.presentSamples, s.backwardInputs
	s.presentSigned, s.backwardSigned = s.presentOutputs, s.backwardOutputs
	s.backwardImages = s.backwardPixels
	exists := c.exists()
	for n := 0; exists != nil && n < t.neurons; n++ {
		tile, place := t.place(n)
		for i := range in {
			if !exists(n, i) {
				s.missing = append(s.missing, int32((tile*in+i)*t.width+place))
			}
		}
	}
	return s
}

// initialise draws weights and biases from U(-1/√in, 1/√in), PyTorch's default
// for a linear map.
func (s *source) initialise(random *rand.Rand) {
	bound := float32(1 / math.Sqrt(float64(s.in)))
	for _, p := range []*parameter{s.weight, s.bias} {
		values := make([]float32, s.tiling.neurons*p.rows)
		for i := range values {
			values[i] = (2*random.Float32() - 1) * bound
		}
		p.tiling.pack(p.value, values, p.rows)
	}
	s.mask(s.weight.value)
}

// mask sets the entries of missing connections to 0.
func (s *source) mask(weights []float32) {
	for _, i := range s.missing {
		weights[i] = 0
	}
}

// samplesPerTask and inputsPerTask are how much of a product one thread does
// at a time.
const (
	samplesPerTask = 128
	inputsPerTask  = 64
)

// present computes the fields of an input: W·x + bias.
func (s *source) present(in input, batch int) {
	s.input = in
	s.batch = batch
	if s.sparse != nil {
		s.presentSparse()
		return
	}
	for tile := range s.tiling.tiles {
		row := s.tiling.tile(s.base, tile)
		copy(row, s.tiling.tile(s.bias.value, tile))
		if in.shift != 0 {
			addAll(row, s.tiling.tile(s.weight.value, tile), s.in, -in.shift)
		}
	}
	switch {
	case s.sharing == labelField:
		s.presentLabels()
	case s.sharing == silenceField && in.silent: // the field is base
	case in.outputs != nil:
		parallel(s.threads, s.tiling.tiles*tasks(batch, samplesPerTable), s.presentSigned)
	default:
		parallel(s.threads, s.tiling.tiles*tasks(batch, samplesPerTask), s.presentTask)
	}
}

// resize prepares for a batch.
func (s *source) resize(batch int) {
	n, slopes := batch, batch
	if s.sharing == labelField {
		n, slopes = contexts, contexts*tasks(batch, samplesPerTask)
	}
	s.field = grow(s.field, s.tiling.size(n))
	s.slope = grow(s.slope, s.tiling.size(slopes))
}

// presentSamples computes the fields of some samples in one tile.
func (s *source) presentSamples(_, task int) {
	tile, first, last := part(task, s.batch, samplesPerTask)
	width := s.tiling.width
	rows := s.tiling.tile(s.field, tile)[first*width : last*width]
	fillRows(rows, s.tiling.tile(s.base, tile))
	if s.input.images != nil {
		s.input.images.present(rows, s.tiling.tile(s.weight.value, tile), width, first, last)
		return
	}
	l := s.input.bySample
	kernel.AddLists(rows, s.tiling.tile(s.weight.value, tile), width, l.Start[first:last], l.Start[first+1:last+1], l.Index, l.Value)
}

// tasks returns into how many parts of that size n is cut.
func tasks(n, size int) int { return (n + size - 1) / size }

// part returns the tile of a numbered task, and its part of n.
func part(task, n, size int) (tile, first, last int) {
	perTile := tasks(n, size)
	first = task % perTile * size
	return task / perTile, first, min(first+size, n)
}

// fillRows sets each row of dst to row.
func fillRows(dst, row []float32) {
	for i := 0; i < len(dst); i += len(row) {
		copy(dst[i:], row)
	}
}

// backward sets the gradients from slope: dW = Σ_b slope_b x_bᵀ.
func (s *source) backward() {
	if s.sharing == labelField {
		s.backwardLabels()
		return
	}
	for tile := range s.tiling.tiles {
		sum := s.tiling.tile(s.bias.gradient, tile)
		clear(sum)
		addAll(sum, s.tiling.tile(s.slope, tile), s.batch, 1)
	}
	if s.sparse != nil {
		parallel(s.threads, tasks(s.tiling.neurons, neuronsPerTask), s.backwardTask)
		return
	}
	for i, v := range s.bias.gradient {
		s.base[i] = -s.input.shift * v
	}
	switch in := s.input; {
	case in.outputs != nil:
		parallel(s.threads, s.tiling.tiles*tasks(s.in, outputsPerTable), s.backwardSigned)
	case in.images != nil:
		parallel(s.threads, tasks(s.tiling.tiles, tilesPerTask)*tasks(s.in, in.images.pixelsPerTask()), s.backwardImages)
	default:
		parallel(s.threads, s.tiling.tiles*tasks(s.in, inputsPerTask), s.backwardTask)
	}
	s.mask(s.weight.gradient)
}

// backwardInputs sets the gradients of the weights of some inputs in one tile.
func (s *source) backwardInputs(_, task int) {
	tile, first, last := part(task, s.in, inputsPerTask)
	width := s.tiling.width
	rows := s.tiling.tile(s.weight.gradient, tile)[first*width : last*width]
	fillRows(rows, s.tiling.tile(s.base, tile))
	l := s.input.byInput
	kernel.AddLists(rows, s.tiling.tile(s.slope, tile), width, l.Start[first:last], l.Start[first+1:last+1], l.Index, l.Value)
}

// tilesPerTask is how many tiles one thread takes at a time of the gradients by
// pixel: they share what is prepared of the images.
const tilesPerTask = 6

// backwardPixels sets the gradients of the weights of some pixels in some tiles.
func (s *source) backwardPixels(thread, task int) {
	group, first, last := part(task, s.in, s.input.images.pixelsPerTask())
	g := imageGradients{
		tiling: s.tiling, fromTile: group * tilesPerTask, toTile: min((group+1)*tilesPerTask, s.tiling.tiles),
		first: first, last: last, gradient: s.weight.gradient, slope: s.slope,
	}
	for tile := g.fromTile; tile < g.toTile; tile++ {
		gradient, _ := g.tile(tile)
		fillRows(gradient, s.tiling.tile(s.base, tile))
	}
	s.input.images.backward(thread, g)
}

// rowsPerSum is how many rows are added in float32 before the sum goes on in
// float64: sums over the whole batch nearly cancel.
const rowsPerSum = 32

// addAll adds factor times the sum of the first n rows of m to dst.
func addAll(dst, m []float32, n int, factor float32) {
	var sum [kernel.MaxWidth]float64
	var part [kernel.MaxWidth]float32
	width := len(dst)
	for first := 0; first < n; first += rowsPerSum {
		count := min(rowsPerSum, n-first)
		clear(part[:width])
		kernel.SumRows(part[:width], m[first*width:], firstRows[:count])
		for j, v := range part[:width] {
			sum[j] += float64(v)
		}
	}
	for j, v := range sum[:width] {
		dst[j] += float32(float64(factor) * v)
	}
}

// firstRows numbers the rows of a sum.
var firstRows = func() (rows [rowsPerSum]int32) {
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}()

// identity sets the weight to the identity.
func (s *source) identity() {
	clear(s.weight.value)
	for n := range min(s.in, s.tiling.neurons) {
		tile, place := s.tiling.place(n)
		s.tiling.tile(s.weight.value, tile)[n*s.tiling.width+place] = 1
	}
}
