//go:build amd64 && !purego

package kernel

func sumSigns(table, m []float32, width, groups int) {
	switch path {
	case AVX512:
		sumSignsAVX512(&table[0], &m[0], 4*width, groups)
	case AVX2:
		sumSignsAVX2(&table[0], &m[0], 4*width, groups)
	default:
		sumSignsGeneric(table, m, width, groups)
	}
}

func addSigned(dst, from []float32, next int, table []float32, width, groups int, bits []uint16, stride int) {
	lanes, rows := width/Lane, len(dst)/width
	switch path {
	case AVX512:
		addSignedAVX512(&dst[0], &from[0], &table[0], &bits[0], 4*next, 2*stride, rows, groups, lanes)
	case AVX2:
		addSignedAVX2(&dst[0], &from[0], &table[0], &bits[0], 4*next, 2*stride, rows, groups, lanes)
	default:
		addSignedGeneric(dst, from, next, table, width, groups, bits, stride)
	}
}
