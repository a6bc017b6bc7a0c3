//go:build amd64 && !purego

package kernel

func weighSigns(dst []float32, base float32, weight []float32, index []int32, m Signs) {
	k := len(index)
	switch {
	case path == Generic || k == 0:
		weighSignsGeneric(dst, base, weight, index, m)
	case path == AVX512:
		// The kernel adds twice the weight where the sign is +1.
		for _, w := range weight {
			base -= w
		}
		weighSignsAVX512(&dst[0], base, &weight[0], &index[0], k, &m.Bits[0], m.Words)
	default:
		weighSignsAVX2(&dst[0], base, &weight[0], &index[0], k, &m.Bits[0], m.Words, &byteSigns)
	}
}

// rowsPerDot is how many rows the vector kernels multiply at once.
const rowsPerDot = 4

func dotSigns(dst []float32, v []float32, index []int32, m Signs) {
	n := len(index) / rowsPerDot * rowsPerDot
	if path == Generic {
		dotSignsGeneric(dst, v, index, m)
		return
	}
	if n > 0 {
		dotRows(dst, v, index, n/rowsPerDot, m)
	}
	if n < len(index) {
		var sums [rowsPerDot]float32
		last := [rowsPerDot]int32{index[n], index[n], index[n], index[n]}
		copy(last[:], index[n:])
		dotRows(sums[:], v, last[:], 1, m)
		copy(dst[n:], sums[:])
	}
}

// dotRows multiplies groups of rows.
func dotRows(dst []float32, v []float32, index []int32, groups int, m Signs) {
	if path == AVX512 {
		dotSignsAVX512(&dst[0], &v[0], &index[0], groups, &m.Bits[0], m.Words)
	} else {
		dotSignsAVX2(&dst[0], &v[0], &index[0], groups, &m.Bits[0], m.Words, &byteSigns)
	}
}
