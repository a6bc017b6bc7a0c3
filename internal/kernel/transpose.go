package kernel

// Transpose sets dst to the transpose of src: number j of row i goes to place i
// of row j. src has some rows, of so many columns that count; rows begin stride
// floats after each other, and at least as many as they are long. dst may not
// overlap src.
func Transpose(dst []float32, dstStride int, src []float32, srcStride, rows, columns int) {
	if rows < 0 || columns < 0 || dstStride < rows || srcStride < columns {
		panic("kernel: Transpose of rows that overlap")
	}
	if rows == 0 || columns == 0 {
		return
	}
	if len(dst) < (columns-1)*dstStride+rows || len(src) < (rows-1)*srcStride+columns {
		panic("kernel: Transpose of slices that are too short")
	}
	transpose(dst, dstStride, src, srcStride, rows, columns)
}

// transposeGeneric is Transpose in plain Go.
func transposeGeneric(dst []float32, dstStride int, src []float32, srcStride, rows, columns int) {
	for i := range rows {
		for j, v := range src[i*srcStride:][:columns] {
			dst[j*dstStride+i] = v
		}
	}
}
