package trainer

import (
	"math"
	"math/rand/v2"

	"github.com/goal-search/goal-search/pid"
)

// referenceSource is one input class of a layer: a linear map with a bias of its own,
// which gives each neuron one field.
type referenceSource[T pid.Float] struct {
	in, out int
	weight  referenceParameter[T] // [out][in]
	bias    referenceParameter[T] // [out]
	mask    []T                   // [out][in] of 0 and 1: which connections exist; nil for all
	drawn   int                   // connections of each neuron, if they are drawn
	binner  *pid.Binner[T]

	input referenceInput[T] // of the presentation at hand
	field []T               // [out][batch]
	slope []T               // [out][batch]: derivative of the loss by the field
}

func newReferenceSource[T pid.Float](in, out int, c connection, most int, binner *pid.Binner[T]) *referenceSource[T] {
	s := &referenceSource[T]{in: in, out: out, weight: newReferenceParameter[T](out, in), bias: newReferenceParameter[T](out), drawn: c.drawn(in, most), binner: binner}
	exists := c.exists()
	if exists == nil || s.drawn > 0 {
		return s
	}
	s.mask = make([]T, out*in)
	for i := range s.mask {
		if exists(i/in, i%in) {
			s.mask[i] = 1
		}
	}
	return s
}

// connect draws the connections, if they are drawn.
func (s *referenceSource[T]) connect(random *rand.Rand) {
	if s.drawn == 0 {
		return
	}
	s.mask = make([]T, s.out*s.in)
	for i, input := range drawConnections(random, s.out, s.drawn) {
		s.mask[i/s.drawn*s.in+int(input)] = 1
	}
}

// initialise draws weights and biases from U(-1/√in, 1/√in), PyTorch's default
// for a linear map. Numbers are drawn in float32, so that both precisions
// start alike, and where connections are drawn only for these.
func (s *referenceSource[T]) initialise(random *rand.Rand) {
	bound := float32(1 / math.Sqrt(float64(s.in)))
	for _, p := range []*referenceParameter[T]{&s.weight, &s.bias} {
		for i := range p.value {
			if s.drawn > 0 && p == &s.weight && s.mask[i] == 0 {
				continue
			}
			p.value[i] = T((2*random.Float32() - 1) * bound)
		}
	}
	for i := range s.mask {
		s.weight.value[i] *= s.mask[i]
	}
}

// resize prepares for a batch.
func (s *referenceSource[T]) resize(batch int) {
	s.field = grow(s.field, s.out*batch)
	s.slope = grow(s.slope, s.out*batch)
}

// present computes the fields of an input: weight·input + bias.
func (s *referenceSource[T]) present(in referenceInput[T], threads int) {
	s.input = in
	batch := len(s.field) / s.out
	for n, bias := range s.bias.value {
		row := s.field[n*batch:][:batch]
		for b := range row {
			row[b] = bias
		}
	}
	in.project(s.field, s.weight.value, s.out, threads)
}

// backward sets the gradients from slope.
func (s *referenceSource[T]) backward(threads int) {
	batch := len(s.field) / s.out
	clear(s.weight.gradient)
	s.input.accumulate(s.weight.gradient, s.slope, s.out, threads)
	for i := range s.mask {
		s.weight.gradient[i] *= s.mask[i]
	}
	for n := range s.bias.gradient {
		var sum T
		for _, v := range s.slope[n*batch:][:batch] {
			sum += v
		}
		s.bias.gradient[n] = sum
	}
}

// identity sets the weight to the identity.
func (s *referenceSource[T]) identity() {
	clear(s.weight.value)
	for i := range min(s.in, s.out) {
		s.weight.value[i*s.in+i] = 1
	}
}
