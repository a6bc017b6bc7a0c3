//go:build amd64 && !purego

package kernel

// denseRows is how many rows the vector kernels take at a time, by the number
// of vectors: as in _asm.
var denseRows = map[Path][]int{
	AVX512: {0, 6, 6, 6, 6, 4, 4, 3},
	AVX2:   {0, 6, 6, 4, 3},
}

// addDense takes as many columns and rows at a time as fit into registers.
func addDense(dst, m []float32, width, used int, x []float32, stride, rows, depth int) {
	if path == Generic {
		addDenseGeneric(dst, m, width, used, x, stride, rows, depth)
		return
	}
	floats, table := 8, denseRows[path]
	if path == AVX512 {
		floats = 16
	}
	for first := 0; first < used; first += floats * (len(table) - 1) {
		vectors := min((used-first+floats-1)/floats, len(table)-1)
		groups := rows / table[vectors]
		whole := groups * table[vectors]
		addDenseGroups(&dst[first], &m[first], &x[0], groups, depth, 4*stride, 4*width, vectors)
		if whole < rows {
			addDenseSingles(&dst[whole*width+first], &m[first], &x[whole*stride], rows-whole, depth, 4*stride, 4*width, vectors)
		}
	}
}

func addDenseGroups(dst, m, x *float32, groups, depth, stride, pitch, vectors int) {
	switch {
	case groups == 0:
	case path == AVX512:
		addDenseRowsAVX512(dst, m, x, groups, depth, stride, pitch, vectors)
	default:
		addDenseRowsAVX2(dst, m, x, groups, depth, stride, pitch, vectors)
	}
}

func addDenseSingles(dst, m, x *float32, rows, depth, stride, pitch, vectors int) {
	if path == AVX512 {
		addDenseRowAVX512(dst, m, x, rows, depth, stride, pitch, vectors)
		return
	}
	addDenseRowAVX2(dst, m, x, rows, depth, stride, pitch, vectors)
}

func scaleBytes(dst []float32, stride int, rows [][]byte, column, n int, scale float32) {
	whole := whole(n)
	switch {
	case path == Generic:
		whole = 0
	case whole > 0 && path == AVX512:
		scaleBytesAVX512(&dst[0], 4*stride, &rows[0], len(rows), column, whole, scale)
	case whole > 0:
		scaleBytesAVX2(&dst[0], 4*stride, &rows[0], len(rows), column, whole, scale)
	}
	scaleBytesGeneric(dst, stride, rows, column, n, scale, whole)
}
