//go:build amd64 && !purego

package kernel

// The kernels of signs are the same for AVX-512: a table of 8 sums is a vector
// of AVX2.

func blockSigns(dst []uint32, bits []uint16, blocks int) {
	if path == Generic {
		blockSignsGeneric(dst, bits, blocks)
		return
	}
	blockSignsAVX2(&dst[0], &bits[0], blocks)
}

func sumTriples(table, v []float32, stride, n, lists int) {
	if path == Generic {
		sumTriplesGeneric(table, v, stride, n, lists)
		return
	}
	sumTriplesAVX2(&table[0], &v[0], 4*stride, n, lists)
}

func addTriples(dst []float32, base float32, table []float32, row []uint32, m SignBlocks) {
	if path == Generic {
		addTriplesGeneric(dst, base, table, row, m)
		return
	}
	addTriplesAVX2(&dst[0], base, &table[0], &row[0], &m.Bits[0], len(row)/tripleSigns, m.Blocks)
}

func dotTriples(dst *[rowsPerDot]float32, table []float32, row []uint32, m SignBlocks) {
	if path == Generic {
		dotTriplesGeneric(dst, table, row, m)
		return
	}
	dotTriplesAVX2(&dst[0], &table[0], &row[0], &m.Bits[0], m.Blocks)
}
