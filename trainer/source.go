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
	weight  *parameter // [in] rows; [neurons][count] if sparse
	bias    *parameter // one row
	missing []int32    // places in the weights of connections that do not exist
	sparse  *sparse    // its connections, where they are drawn; otherwise nil
	product product
	threads int
	stages  productStages
	sharing sharing

	input input
	batch int
	base  []float32 // one row: the field where all inputs are 0
	field []float32 // [batch] rows, or [contexts]
	slope []float32 // [batch] rows, or [tasks][contexts]: derivative of the loss by the field
}

// product is how a source multiplies inputs of its kind.
type product interface {
	// present sets the fields of an input that is not silent.
	present()
	// backward sets the gradients of the weights and of the bias.
	backward()
}

func newSource(t tiling, in int, w wire, sharing sharing, most, threads int) *source {
	s := &source{
		tiling: t, in: in, threads: threads, stages: w.origin.stages(), sharing: sharing,
		bias: newParameter(t, 1, true), base: make([]float32, t.size(1)),
	}
	if drawn := w.connection.drawn(in, most); drawn > 0 {
		s.sparse = newSparse(s, drawn)
		s.weight, s.product = newParameter(ownTiles(t.neurons), drawn, false), s.sparse
		return s
	}
	s.weight = newParameter(t, in, false)
	s.miss(w.connection.exists())
	switch w.origin {
	case fromImage:
		s.product = newImageProduct(s)
	case fromLabel:
		s.product = &labelProduct{source: s}
	default:
		s.product = newSignedProduct(s)
	}
	return s
}

// miss notes where there is no connection from input i to neuron n. No exists
// means that there are all.
func (s *source) miss(exists func(n, i int) bool) {
	for n := 0; exists != nil && n < s.tiling.neurons; n++ {
		tile, place := s.tiling.place(n)
		for i := range s.in {
			if !exists(n, i) {
				s.missing = append(s.missing, int32((tile*s.in+i)*s.tiling.width+place))
			}
		}
	}
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

// samplesPerTask is how many samples one thread takes at a time.
const samplesPerTask = 128

// resize prepares for a batch.
func (s *source) resize(batch int) {
	n, slopes := batch, batch
	if s.sharing == labelField {
		n, slopes = contexts, contexts*tasks(batch, samplesPerTask)
	}
	s.field = grow(s.field, s.tiling.size(n))
	s.slope = grow(s.slope, s.tiling.size(slopes))
}

// present computes the fields of an input: W·x + bias.
func (s *source) present(in input, batch int) {
	s.input, s.batch = in, batch
	for tile := range s.tiling.tiles {
		row := s.tiling.tile(s.base, tile)
		copy(row, s.tiling.tile(s.bias.value, tile))
		if in.shift != 0 {
			addAll(row, s.tiling.tile(s.weight.value, tile), s.in, -in.shift)
		}
	}
	if !in.silent {
		s.product.present()
		return
	}
	for tile := 0; tile < s.tiling.tiles && s.sharing != silenceField; tile++ {
		fillRows(s.tiling.tile(s.field, tile), s.tiling.tile(s.base, tile))
	}
}

// backward sets the gradients from slope: dW = Σ_b slope_b x_bᵀ. The input was
// not silent.
func (s *source) backward() {
	s.product.backward()
	s.mask(s.weight.gradient)
}

// backwardBias sets the gradient of the bias: the sum of the slopes.
func (s *source) backwardBias() {
	for tile := range s.tiling.tiles {
		sum := s.tiling.tile(s.bias.gradient, tile)
		clear(sum)
		addAll(sum, s.tiling.tile(s.slope, tile), s.batch, 1)
	}
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
		kernel.AddPacked(part[:width], m[first*width:], width, width, []uint32{0}, []uint32{uint32(count)}, firstRows[:], &ones)
		for j, v := range part[:width] {
			sum[j] += float64(v)
		}
	}
	for j, v := range sum[:width] {
		dst[j] += float32(float64(factor) * v)
	}
}

// firstRows lists the rows of a sum, each once.
var firstRows = func() (rows [rowsPerSum]uint16) {
	for i := range rows {
		rows[i] = kernel.Pack(i, 0)
	}
	return rows
}()

var ones = [256]float32{1}

// identity sets the weight to the identity.
func (s *source) identity() {
	clear(s.weight.value)
	for n := range min(s.in, s.tiling.neurons) {
		tile, place := s.tiling.place(n)
		s.tiling.tile(s.weight.value, tile)[n*s.tiling.width+place] = 1
	}
}
