//go:build !amd64 || purego

package kernel

func addLists(dst, m []float32, width int, first, last, index []int32, value []float32) {
	addListsGeneric(dst, m, width, first, last, index, value)
}

func addPacked(dst, m []float32, width int, first, last []uint32, entry []uint16, table *[256]float32) {
	addPackedGeneric(dst, m, width, first, last, entry, table)
}

func turnPacked(dst []uint16, end, first, last []uint32, entry []uint16) {
	turnPackedGeneric(dst, end, first, last, entry)
}
