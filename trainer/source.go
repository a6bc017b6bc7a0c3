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
	weight  parameter // [in] rows
	bias    parameter // one row
	exists  func(neuron, input int) bool
	threads int

	input input
	base  []float32 // one row: the field of a sample that lists nothing
	field []float32 // [batch] rows
	slope []float32 // [batch] rows: derivative of the loss by the field
}

func newSource(t tiling, in int, c connection, threads int) *source {
	return &source{tiling: t, in: in, weight: newParameter(t, in, false), bias: newParameter(t, 1, true), exists: c.exists(), threads: threads, base: make([]float32, t.size(1))}
}

// initialise draws weights and biases from U(-1/√in, 1/√in), PyTorch's default
// for a linear map.
func (s *source) initialise(random *rand.Rand) {
	bound := float32(1 / math.Sqrt(float64(s.in)))
	for _, p := range []*parameter{&s.weight, &s.bias} {
		values := make([]float32, s.tiling.neurons*p.rows)
		for i := range values {
			values[i] = (2*random.Float32() - 1) * bound
		}
		s.tiling.pack(p.value, values, p.rows)
	}
	s.mask(s.weight.value, 0, s.in)
}

// mask sets the entries of missing connections to 0, in the rows of the inputs
// from first to before last.
func (s *source) mask(weights []float32, first, last int) {
	if s.exists == nil {
		return
	}
	for n := range s.tiling.neurons {
		tile, place := s.tiling.place(n)
		rows := s.tiling.tile(weights, tile)
		for i := first; i < last; i++ {
			if !s.exists(n, i) {
				rows[i*s.tiling.width+place] = 0
			}
		}
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
	s.field = grow(s.field, s.tiling.size(batch))
	for tile := range s.tiling.tiles {
		row := s.tiling.tile(s.base, tile)
		copy(row, s.tiling.tile(s.bias.value, tile))
		if in.shift != 0 {
			addAll(row, s.tiling.tile(s.weight.value, tile), s.in, -in.shift)
		}
	}
	blocks := (batch + samplesPerTask - 1) / samplesPerTask
	parallel(s.threads, s.tiling.tiles*blocks, func(_, task int) {
		tile, block := task/blocks, task%blocks
		weight, start, field := s.tiling.tile(s.weight.value, tile), s.tiling.tile(s.base, tile), s.tiling.tile(s.field, tile)
		for b := block * samplesPerTask; b < min((block+1)*samplesPerTask, batch); b++ {
			row := s.tiling.row(field, b)
			copy(row, start)
			index, value := in.bySample.Row(b)
			kernel.AddRows(row, weight, index, value)
		}
	})
}

// backward sets the gradients from slope: dW = Σ_b slope_b x_bᵀ.
func (s *source) backward(batch int) {
	for tile := range s.tiling.tiles {
		sum := s.tiling.tile(s.bias.gradient, tile)
		clear(sum)
		addAll(sum, s.tiling.tile(s.slope, tile), batch, 1)
	}
	blocks := (s.in + inputsPerTask - 1) / inputsPerTask
	parallel(s.threads, s.tiling.tiles*blocks, func(_, task int) {
		tile, block := task/blocks, task%blocks
		gradient, sum, slope := s.tiling.tile(s.weight.gradient, tile), s.tiling.tile(s.bias.gradient, tile), s.tiling.tile(s.slope, tile)
		for i := block * inputsPerTask; i < min((block+1)*inputsPerTask, s.in); i++ {
			row := s.tiling.row(gradient, i)
			for n, v := range sum {
				row[n] = -s.input.shift * v
			}
			index, value := s.input.byInput.Row(i)
			kernel.AddRows(row, slope, index, value)
		}
	})
	s.mask(s.weight.gradient, 0, s.in)
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
