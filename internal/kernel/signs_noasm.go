//go:build !amd64 || purego

package kernel

func blockSigns(dst []uint32, bits []uint16, blocks int) { blockSignsGeneric(dst, bits, blocks) }

func sumTriples(table, v []float32, stride, n, lists int) {
	sumTriplesGeneric(table, v, stride, n, lists)
}

func addTriples(dst []float32, base float32, table []float32, row []uint32, m SignBlocks) {
	addTriplesGeneric(dst, base, table, row, m)
}

func dotTriples(dst *[rowsPerDot]float32, table []float32, row []uint32, m SignBlocks) {
	dotTriplesGeneric(dst, table, row, m)
}
