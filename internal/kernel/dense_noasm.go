//go:build !amd64 || purego

package kernel

func addDense(dst, m []float32, width int, x []float32, stride, rows, depth int) {
	addDenseGeneric(dst, m, width, x, stride, rows, depth)
}

func scaleBytes(dst []float32, v []byte, scale float32) { scaleBytesGeneric(dst, v, scale) }
