//go:build amd64 && !purego

package kernel

var addRowsAVX512 = [...]func(dst, m *float32, index *int32, value *float32, n int){
	addRows1AVX512, addRows2AVX512, addRows3AVX512, addRows4AVX512, addRows5AVX512, addRows6AVX512, addRows7AVX512,
}

var addRowsAVX2 = [...]func(dst, m *float32, index *int32, value *float32, n int){
	addRows1AVX2, addRows2AVX2, addRows3AVX2, addRows4AVX2, addRows5AVX2, addRows6AVX2, addRows7AVX2,
}

func addRows(dst, m []float32, index []int32, value []float32) {
	switch path {
	case AVX512:
		addRowsAVX512[len(dst)/Lane-1](&dst[0], &m[0], &index[0], &value[0], len(index))
	case AVX2:
		addRowsAVX2[len(dst)/Lane-1](&dst[0], &m[0], &index[0], &value[0], len(index))
	default:
		addRowsGeneric(dst, m, index, value)
	}
}
