//go:build !amd64 || purego

package kernel

func addDense(dst, m []float32, width, used int, x []float32, stride, rows, depth int) {
	addDenseGeneric(dst, m, width, used, x, stride, rows, depth)
}

func scaleBytes(dst []float32, stride int, rows [][]byte, column, n int, scale float32) {
	scaleBytesGeneric(dst, stride, rows, column, n, scale, 0)
}
