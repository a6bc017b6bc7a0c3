package kernel

// Signs is a matrix of -1 and +1, a bit for each: +1 where it is set. A row has
// 16·Words numbers.
type Signs struct {
	Bits  []uint16
	Words int
}

// WeighSigns sets dst to base + Σ_j weight[j]·m[index[j]], a number for each
// column of m. dst may not overlap weight.
func WeighSigns(dst []float32, base float32, weight []float32, index []int32, m Signs) {
	if len(dst) != m.Words*Lane {
		panic("kernel: WeighSigns into a row of another length")
	}
	if m.has(index, len(weight)) {
		weighSigns(dst, base, weight, index, m)
	}
}

// DotSigns sets dst[j] to the product of v with the row m[index[j]]: the
// gradient of WeighSigns by the weights, where v is that by its results. dst
// may not overlap v.
func DotSigns(dst []float32, v []float32, index []int32, m Signs) {
	if len(v) != m.Words*Lane {
		panic("kernel: DotSigns of a row of another length")
	}
	if m.has(index, len(dst)) && len(dst) > 0 {
		dotSigns(dst, v, index, m)
	} else {
		clear(dst)
	}
}

// has tells whether m has numbers. It panics unless index has n rows of m.
func (m Signs) has(index []int32, n int) bool {
	if len(index) != n {
		panic("kernel: Signs with another number of rows than weights")
	}
	if m.Words == 0 {
		return false
	}
	rows := uint(len(m.Bits) / m.Words)
	for _, i := range index {
		if uint(i) >= rows {
			panic("kernel: Signs of a row that is out of range")
		}
	}
	return true
}

// row returns the bits of row i.
func (m Signs) row(i int32) []uint16 { return m.Bits[int(i)*m.Words:][:m.Words] }

// byteSigns are the numbers of each byte of bits.
var byteSigns = func() (signs [256][8]float32) {
	for bits := range signs {
		for i := range 8 {
			signs[bits][i] = float32(bits>>i&1*2 - 1)
		}
	}
	return signs
}()

// fill sets all of dst to value.
func fill(dst []float32, value float32) {
	for i := range dst {
		dst[i] = value
	}
}

// weighSignsGeneric is WeighSigns in plain Go.
func weighSignsGeneric(dst []float32, base float32, weight []float32, index []int32, m Signs) {
	fill(dst, base)
	for j, i := range index {
		for k, word := range m.row(i) {
			low, high := &byteSigns[word&0xff], &byteSigns[word>>8]
			d := (*[Lane]float32)(dst[k*Lane:])
			for b := range 8 {
				d[b] += weight[j] * low[b]
				d[b+8] += weight[j] * high[b]
			}
		}
	}
}

// dotSignsGeneric is DotSigns in plain Go. Four sums at a time keep apart what
// would wait for the last addition.
func dotSignsGeneric(dst []float32, v []float32, index []int32, m Signs) {
	for j, i := range index {
		var sum [4]float32
		for k, word := range m.row(i) {
			low, high := &byteSigns[word&0xff], &byteSigns[word>>8]
			v := (*[Lane]float32)(v[k*Lane:])
			for b := range 4 {
				sum[b] += v[b]*low[b] + v[b+4]*low[b+4] + (v[b+8]*high[b] + v[b+12]*high[b+4])
			}
		}
		dst[j] = (sum[0] + sum[1]) + (sum[2] + sum[3])
	}
}
