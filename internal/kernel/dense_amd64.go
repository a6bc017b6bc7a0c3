//go:build amd64 && !purego

package kernel

// addDense takes as many rows at a time as fit into registers, and AVX2 two
// lanes of columns at a time.
func addDense(dst, m []float32, width int, x []float32, stride, rows, depth int) {
	if path == Generic {
		addDenseGeneric(dst, m, width, x, stride, rows, depth)
		return
	}
	lanes, atOnce := width/Lane, width/Lane
	if path == AVX2 {
		atOnce = 2
	}
	for lane := 0; lane < lanes; lane += atOnce {
		n := min(atOnce, lanes-lane)
		groups := rows / denseRows(n)
		whole := groups * denseRows(n)
		first := lane * Lane
		switch {
		case path == AVX512 && groups > 0:
			addDenseRowsAVX512(&dst[first], &m[first], &x[0], groups, depth, 4*stride, 4*width, n)
		case groups > 0:
			addDenseRowsAVX2(&dst[first], &m[first], &x[0], groups, depth, 4*stride, 4*width, n)
		}
		switch {
		case path == AVX512 && whole < rows:
			addDenseRowAVX512(&dst[whole*width+first], &m[first], &x[whole*stride], rows-whole, depth, 4*stride, 4*width, n)
		case whole < rows:
			addDenseRowAVX2(&dst[whole*width+first], &m[first], &x[whole*stride], rows-whole, depth, 4*stride, 4*width, n)
		}
	}
}

// denseRows is how many rows the vector kernel takes at once, by the lanes of
// columns: as in _asm.
func denseRows(lanes int) int {
	if path == AVX2 {
		return [3]int{0, 6, 3}[lanes]
	}
	return [8]int{0, 6, 6, 6, 6, 4, 4, 3}[lanes]
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
