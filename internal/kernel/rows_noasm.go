//go:build !amd64 || purego

package kernel

func addLists(dst, m []float32, width int, first, last, index []int32, value []float32) {
	addListsGeneric(dst, m, width, first, last, index, value)
}
