package kernel

// Lists are sparse rows of numbers: row i has the numbers Value[k] at the
// columns Index[k], for Start[i] ≤ k < Start[i+1].
type Lists struct {
	Start []int32
	Index []int32
	Value []float32

	turned []byte // scratch of SetColumns
}

// Rows returns the number of rows.
func (l *Lists) Rows() int { return max(len(l.Start)-1, 0) }

// Row returns the columns and the numbers of a row.
func (l *Lists) Row(i int) ([]int32, []float32) {
	first, end := l.Start[i], l.Start[i+1]
	return l.Index[first:end], l.Value[first:end]
}

// Reset removes all rows.
func (l *Lists) Reset() {
	l.Start, l.Index, l.Value = append(l.Start[:0], 0), l.Index[:0], l.Value[:0]
}

// Append adds a row: the pixels that are not 0, with what table has for them.
func (l *Lists) Append(pixels []byte, table *[256]float32) {
	n := len(l.Index)
	l.grow(n + len(pixels))
	end := n + NonZero(l.Index[n:], l.Value[n:], pixels, 1)
	l.Index, l.Value = l.Index[:end], l.Value[:end]
	for k, v := range l.Value[n:] {
		l.Value[n+k] = table[uint8(v)]
	}
	l.Start = append(l.Start, int32(end))
}

// AppendScaled adds a row: the pixels that are not 0, times scale.
func (l *Lists) AppendScaled(pixels []byte, scale float32) {
	n := len(l.Index)
	l.grow(n + len(pixels))
	n += NonZero(l.Index[n:], l.Value[n:], pixels, scale)
	l.Index, l.Value = l.Index[:n], l.Value[:n]
	l.Start = append(l.Start, int32(n))
}

// SetRows sets l to the images: row i lists the pixels of image i that are not
// 0, times scale.
func (l *Lists) SetRows(images [][]byte, scale float32) {
	l.Reset()
	for _, image := range images {
		l.AppendScaled(image, scale)
	}
}

// SetColumns sets l to the transpose of what SetRows makes: row p lists the
// images whose pixel p is not 0, in order. It allocates only to grow.
func (l *Lists) SetColumns(images [][]byte, scale float32) {
	l.Reset()
	if len(images) == 0 {
		return
	}
	// An odd number of cache lines from one pixel to the next spreads the
	// pixels over the sets of the cache.
	const line = 64
	stride := (len(images)/line | 1) * line
	if stride < len(images) {
		stride += 2 * line
	}
	pixels := len(images[0])
	if len(l.turned) < pixels*stride {
		l.turned = make([]byte, pixels*stride)
	}
	TransposeBytes(l.turned, stride, images)
	for p := range pixels {
		l.AppendScaled(l.turned[p*stride:][:len(images)], scale)
	}
}

// grow sets the length of the lists and keeps what they hold.
func (l *Lists) grow(n int) {
	if n > cap(l.Index) || n > cap(l.Value) {
		l.Index = append(make([]int32, 0, 2*n), l.Index...)
		l.Value = append(make([]float32, 0, 2*n), l.Value...)
	}
	l.Index, l.Value = l.Index[:n], l.Value[:n]
}

// Transpose sets l to the transpose of m, a matrix of columns columns: the
// rows of l are the columns of m, and their entries are in the order of m's
// rows. It allocates only to grow.
func (l *Lists) Transpose(m *Lists, columns int) {
	n := len(m.Index)
	l.grow(n)
	if cap(l.Start) < columns+2 {
		l.Start = make([]int32, columns+2)
	}
	// Shifted by two, so that after the scatter start[j] is where row j begins.
	start := l.Start[:columns+2]
	clear(start)
	for _, j := range m.Index {
		start[j+2]++
	}
	for j := 2; j < len(start); j++ {
		start[j] += start[j-1]
	}
	for i := range m.Rows() {
		index, value := m.Row(i)
		for k, j := range index {
			at := start[j+1]
			l.Index[at], l.Value[at] = int32(i), value[k]
			start[j+1]++
		}
	}
	l.Start = start[:columns+1]
}
