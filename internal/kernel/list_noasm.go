package kernel

func transpose[T float32 | uint16](dst []T, dstStride int, m []T, stride, rows, columns int) {
	transposeGeneric(dst, dstStride, m, stride, rows, columns)
}

func nonZero(index []int32, value []float32, pixels []byte, table *[256]float32) int {
	return nonZeroGeneric(index, value, pixels, table)
}

func firedList(index []int32, fired []uint16, first int32) int {
	return firedGeneric(index, fired, first)
}
