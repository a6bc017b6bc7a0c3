package trainer

import (
	"cmp"

	"github.com/goal-search/goal-search/internal/kernel"
)

// input is what one source of a layer receives over a batch. Value i of sample
// b is what the lists hold there, or 0, less shift: outputs of -1 and +1 are
// listed as 2 where they are +1. A sparse
// source takes outputs as signs instead, a row for each neuron, and none for
// silence. Images come in a form of their own.
type input struct {
	bySample *kernel.Lists
	byInput  *kernel.Lists // the transpose; only learning needs it
	shift    float32
	// inputsPerSegment and samplesPerSegment cut bySample and byInput; 0 for not.
	inputsPerSegment, samplesPerSegment int

	silent  bool    // nothing is listed
	context []uint8 // of labels: each sample's, dataset.Classes if it is withheld
	signs   kernel.Signs
	images  images // nil for lists
}

// form is how outputs are made an input.
type form int

const (
	asLists form = iota
	asSigns
)

// lister makes an input's lists.
type lister struct {
	bySample, byInput kernel.Lists
	turned            []uint16 // bits by place
	context           []uint8
}

// silence lists nothing: the input of a lateral source before the first
// output.
func (l *lister) silence(batch, in int) input {
	l.bySample.Start = zeros(l.bySample.Start, batch+1)
	l.byInput.Start = zeros(l.byInput.Start, in+1)
	return input{bySample: &l.bySample, byInput: &l.byInput, silent: true}
}

// withheld lists no labels.
func (l *lister) withheld(batch, classes int) input {
	in := l.silence(batch, classes)
	l.context = grow(l.context, batch)
	for b := range l.context {
		l.context[b] = uint8(classes)
	}
	in.context = l.context
	return in
}

// oneHot lists the labels.
func (l *lister) oneHot(labels []byte, classes int) input {
	l.bySample.Reset()
	for b, label := range labels {
		l.bySample.Index = append(l.bySample.Index, int32(label))
		l.bySample.Value = append(l.bySample.Value, 1)
		l.bySample.Start = append(l.bySample.Start, int32(b+1))
	}
	l.byInput.Transpose(&l.bySample, classes)
	return input{bySample: &l.bySample, byInput: &l.byInput, context: labels}
}

// fired lists the neurons that fired, of [tiles][batch] rows with a bit for
// each place, in segments if there are several tiles.
func (l *lister) fired(words []uint16, t tiling, batch int, learn bool) input {
	in := input{bySample: &l.bySample, byInput: &l.byInput, shift: 1}
	if t.tiles > 1 {
		in.inputsPerSegment, in.samplesPerSegment = t.width, samplesPerSegment
	}
	perRow := t.width / kernel.Lane
	l.bySample.Reset()
	for first := 0; first < len(words); first += perRow {
		appendFired(&l.bySample, words[first:first+perRow])
	}
	l.bySample.Value = twos(l.bySample.Value, len(l.bySample.Index))
	if learn {
		l.firedByInput(l.signs(words, t, batch).signs, t.neurons, in.samplesPerSegment/kernel.Lane)
	}
	return in
}

// firedByInput lists the samples in which each neuron fired, in segments of so
// many words; 0 is all.
func (l *lister) firedByInput(m kernel.Signs, neurons, segment int) {
	segment = cmp.Or(segment, m.Words)
	l.byInput.Reset()
	for first := 0; first < m.Words; first += segment {
		last := min(first+segment, m.Words)
		for n := range neurons {
			appendFired(&l.byInput, m.Bits[n*m.Words:][first:last])
		}
	}
	l.byInput.Value = twos(l.byInput.Value, len(l.byInput.Index))
}

// signs turns the neurons' outputs into rows of samples, from [tiles][batch]
// rows with a bit for each place.
func (l *lister) signs(words []uint16, t tiling, batch int) input {
	perRow, stride := t.width/kernel.Lane, tasks(batch, kernel.Lane)
	size := t.width * stride
	l.turned = grow(l.turned, t.tiles*size)
	for tile := range t.tiles {
		kernel.TransposeBits(l.turned[tile*size:][:size], words[tile*batch*perRow:][:batch*perRow], perRow)
	}
	return input{signs: kernel.Signs{Bits: l.turned, Words: stride}}
}

// appendFired appends a row with the bits that are set.
func appendFired(l *kernel.Lists, bits []uint16) {
	n := len(l.Index)
	l.Index = extend(l.Index, len(bits)*kernel.Lane)
	n += kernel.Fired(l.Index[n:], bits, 0)
	l.Index = l.Index[:n]
	l.Start = append(l.Start, int32(n))
}

// extend appends n elements of undefined content.
func extend(s []int32, n int) []int32 {
	if cap(s) < len(s)+n {
		s = append(make([]int32, 0, 2*(len(s)+n)), s...)
	}
	return s[:len(s)+n]
}

// twos returns a slice of n twos, in place if there is room: a slice that it
// made holds nothing else.
func twos(s []float32, n int) []float32 {
	if n <= cap(s) {
		return s[:n]
	}
	s = make([]float32, 2*n)
	for i := range s {
		s[i] = 2
	}
	return s[:n]
}

// zeros returns a slice of n zeros, in place if there is room.
func zeros(s []int32, n int) []int32 {
	s = grow(s, n)
	clear(s)
	return s
}
