package trainer

import "github.com/goal-search/goal-search/internal/kernel"

// input is what one source of a layer receives over a batch. Value i of sample
// b is what the lists hold there, or 0, less shift: pixels are listed where
// they are not black, outputs of -1 and +1 as 2 where they are +1.
type input struct {
	bySample *kernel.Lists
	byInput  *kernel.Lists // the transpose; only learning needs it
	shift    float32
}

// lister makes an input's lists.
type lister struct {
	bySample, byInput kernel.Lists
}

// silence lists nothing: the input of a lateral source before the first
// output, and of a withheld label.
func (l *lister) silence(batch, in int) input {
	l.bySample.Start = zeros(l.bySample.Start, batch+1)
	l.byInput.Start = zeros(l.byInput.Start, in+1)
	return input{&l.bySample, &l.byInput, 0}
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
	return input{&l.bySample, &l.byInput, 0}
}

// fired lists the neurons that fired, of [tiles][batch] rows with a bit for
// each place.
func (l *lister) fired(words []uint16, t tiling, batch int, learn bool) input {
	l.bySample.Reset()
	perRow := t.width / kernel.Lane
	places := t.tiles * t.width
	for b := range batch {
		n := len(l.bySample.Index)
		l.bySample.Index = extend(l.bySample.Index, places)
		for tile := range t.tiles {
			added := l.bySample.Index[n : n+t.width]
			row := words[(tile*batch+b)*perRow:][:perRow]
			n += kernel.Fired(added, row, int32(tile*t.width))
		}
		l.bySample.Index = l.bySample.Index[:n]
		l.bySample.Start = append(l.bySample.Start, int32(n))
	}
	l.bySample.Value = twos(l.bySample.Value, len(l.bySample.Index))
	if learn {
		l.byInput.Transpose(&l.bySample, places)
	}
	return input{&l.bySample, &l.byInput, 1}
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
