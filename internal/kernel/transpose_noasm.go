//go:build !amd64 || purego

package kernel

func transpose(dst []float32, dstStride int, src []float32, srcStride, rows, columns int) {
	transposeGeneric(dst, dstStride, src, srcStride, rows, columns)
}
