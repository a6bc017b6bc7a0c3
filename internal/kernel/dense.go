package kernel

// AddDense adds the product x·m to dst: to row i
//
//	Σ_k x[i][k]·m[k]    k < depth
//
// dst has rows, m depth rows of width floats, a multiple of Lane up to
// MaxWidth, of which the first used count: the others may be added too. The rows of x begin stride floats after each other. dst may not
// overlap m or x. It is for blocks that the cache holds: 64 rows of m.
func AddDense(dst, m []float32, width, used int, x []float32, stride, rows, depth int) {
	if width <= 0 || width%Lane != 0 || width > MaxWidth || used < 1 || used > width {
		panic("kernel: AddDense of a bad width")
	}
	if rows < 0 || depth < 0 || len(dst) != rows*width || len(m) != depth*width || stride < depth {
		panic("kernel: AddDense of slices that do not match")
	}
	if rows == 0 || depth == 0 {
		return
	}
	if len(x) < (rows-1)*stride+depth {
		panic("kernel: AddDense of too few factors")
	}
	addDense(dst, m, width, used, x, stride, rows, depth)
}

// ScaleBytes sets dst to scale times n bytes from column of each row. The rows
// of dst begin stride floats after each other; what lies between them stays.
func ScaleBytes(dst []float32, stride int, rows [][]byte, column, n int, scale float32) {
	if column < 0 || n < 0 || stride < n || len(rows) > 0 && len(dst) < (len(rows)-1)*stride+n {
		panic("kernel: ScaleBytes into rows that are too short")
	}
	for _, row := range rows {
		if len(row)-column < n {
			panic("kernel: ScaleBytes of a row that is too short")
		}
	}
	if n > 0 && len(rows) > 0 {
		scaleBytes(dst, stride, rows, column, n, scale)
	}
}

// addDenseGeneric is AddDense in plain Go.
func addDenseGeneric(dst, m []float32, width, used int, x []float32, stride, rows, depth int) {
	for i := range rows {
		dst := dst[i*width:][:used]
		for k, factor := range x[i*stride:][:depth] {
			for j, v := range m[k*width:][:used] {
				dst[j] += factor * v
			}
		}
	}
}

// scaleBytesGeneric is ScaleBytes in plain Go, for the bytes from done.
func scaleBytesGeneric(dst []float32, stride int, rows [][]byte, column, n int, scale float32, done int) {
	if done == n {
		return
	}
	for i, row := range rows {
		dst := dst[i*stride:][done:n]
		for j, b := range row[column:][done:n] {
			dst[j] = scale * float32(b)
		}
	}
}
