//go:build amd64 && !purego

package kernel

func addPacked(dst, m []float32, width, used int, first, last []uint32, entry []uint16, table *[256]float32) {
	n, pitch := len(first), 4*width
	switch path {
	case Generic:
		addPackedGeneric(dst, m, width, used, first, last, entry, table)
	case AVX512:
		addPackedAVX512(&dst[0], &m[0], &first[0], &last[0], &entry[0], &table[0], n, pitch, (used+15)/16)
	default:
		addPackedAVX2(&dst[0], &m[0], &first[0], &last[0], &entry[0], &table[0], n, pitch, (used+7)/8)
	}
}

func turnPacked(dst []uint16, end, first, last []uint32, entry []uint16) {
	if path == Generic {
		turnPackedGeneric(dst, end, first, last, entry)
		return
	}
	turnPackedX86(&dst[0], &end[0], &first[0], &last[0], &entry[0], len(first))
}
