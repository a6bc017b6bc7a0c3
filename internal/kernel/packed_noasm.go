//go:build !amd64 || purego

package kernel

func addPacked(dst, m []float32, width, used int, first, last []uint32, entry []uint16, table *[256]float32) {
	addPackedGeneric(dst, m, width, used, first, last, entry, table)
}

func turnPacked(dst []uint16, end, first, last []uint32, entry []uint16) {
	turnPackedGeneric(dst, end, first, last, entry)
}
