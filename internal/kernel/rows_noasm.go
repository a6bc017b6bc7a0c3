//go:build !amd64 || purego

package kernel

func addRows(dst, m []float32, index []int32, value []float32) {
	addRowsGeneric(dst, m, index, value)
}
