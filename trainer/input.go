package trainer

import "github.com/goal-search/goal-search/internal/kernel"

// input is what one source of a layer receives over a batch. Value i of sample
// b is what the lists hold there, or 0. Outputs of -1 and +1, and images, come
// in forms of their own.
type input struct {
	bySample *kernel.Lists
	byInput  *kernel.Lists // the transpose; only learning needs it

	silent  bool     // nothing is listed
	context []uint8  // of labels: each sample's, dataset.Classes if it is withheld
	outputs *outputs // nil for what are none
	images  images   // nil for what are none
	shift   float32  // of images
}

// lister makes an input's lists.
type lister struct {
	bySample, byInput kernel.Lists
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

// zeros returns a slice of n zeros, in place if there is room.
func zeros(s []int32, n int) []int32 {
	s = grow(s, n)
	clear(s)
	return s
}
