package kernel

// Transpose sets dst, which has columns rows, to the transpose of m, which has
// rows rows: element (i, j) of m, at i·stride+j, goes to j·dstStride+i. dst
// may not overlap m.
func Transpose[T float32 | uint16](dst []T, dstStride int, m []T, stride, rows, columns int) {
	if rows <= 0 || columns <= 0 {
		return
	}
	if stride < columns || dstStride < rows ||
		len(m) < (rows-1)*stride+columns || len(dst) < (columns-1)*dstStride+rows {
		panic("kernel: Transpose of a matrix that does not fit")
	}
	transpose(dst, dstStride, m, stride, rows, columns)
}

// transposeGeneric is Transpose in plain Go.
func transposeGeneric[T float32 | uint16](dst []T, dstStride int, m []T, stride, rows, columns int) {
	for i := range rows {
		for j, v := range m[i*stride:][:columns] {
			dst[j*dstStride+i] = v
		}
	}
}
