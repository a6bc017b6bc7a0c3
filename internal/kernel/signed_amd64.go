//go:build amd64 && !purego

package kernel

func sumSigns(table, m []float32, width, stride, groups int) {
	switch path {
	case AVX512:
		sumSignsAVX512(&table[0], &m[0], 4*width, 4*stride, groups)
	case AVX2:
		sumSignsAVX2(&table[0], &m[0], 4*width, 4*stride, groups)
	default:
		sumSignsGeneric(table, m, width, stride, groups)
	}
}

func addSigned(dst, from, table []float32, width, next, stride, rows, groups int, bits []uint16, words int) {
	lanes := width / Lane
	switch path {
	case AVX512:
		addSignedAVX512(&dst[0], &from[0], &table[0], &bits[0], 4*next, 4*stride, 2*words, rows, groups, lanes)
	case AVX2:
		addSignedAVX2(&dst[0], &from[0], &table[0], &bits[0], 4*next, 4*stride, 2*words, rows, groups, lanes)
	default:
		addSignedGeneric(dst, from, table, width, next, stride, rows, groups, bits, words)
	}
}
