package kernel

// Packed lists have an entry of 16 bits for each row of a matrix that is added:
// in the high byte the number of the row, in the low byte that of its factor in
// a table.

// MaxPacked is how many rows a matrix can have that packed lists add up.
const MaxPacked = 256

// Pack returns the entry for a row and the number of its factor.
func Pack(row int, factor byte) uint16 { return uint16(row)<<8 | uint16(factor) }

// AddPacked adds rows of the matrix m to each row of dst: to row i
//
//	Σ_k table[entry[k] & 255]·m[entry[k] >> 8]    first[i] ≤ k < last[i]
//
// Rows are width floats, a multiple of Lane up to MaxWidth. The entries are not
// checked. dst may not overlap m.
func AddPacked(dst, m []float32, width int, first, last []uint32, entry []uint16, table *[256]float32) {
	checkPacked(dst, width, first, last, entry)
	if len(first) > 0 && len(entry) > 0 {
		addPacked(dst, m, width, first, last, entry, table)
	}
}

// addPackedGeneric is AddPacked in plain Go.
func addPackedGeneric(dst, m []float32, width int, first, last []uint32, entry []uint16, table *[256]float32) {
	for i := range first {
		dst := dst[i*width:][:width]
		for _, e := range entry[first[i]:last[i]] {
			factor := table[e&255]
			for j, x := range m[int(e>>8)*width:][:width] {
				dst[j] += factor * x
			}
		}
	}
}

// ScatterPacked adds each row of the matrix m to rows of dst, as the transpose
// of AddPacked does: for each list i and its entries k
//
//	dst[entry[k] >> 8] += table[entry[k] & 255]·m[i]    first[i] ≤ k < last[i]
//
// Rows are width floats, a multiple of Lane up to MaxWidth. The entries are not
// checked. dst may not overlap m.
func ScatterPacked(dst, m []float32, width int, first, last []uint32, entry []uint16, table *[256]float32) {
	checkPacked(m, width, first, last, entry)
	if len(first) > 0 && len(entry) > 0 {
		scatterPacked(dst, m, width, first, last, entry, table)
	}
}

// scatterPackedGeneric is ScatterPacked in plain Go.
func scatterPackedGeneric(dst, m []float32, width int, first, last []uint32, entry []uint16, table *[256]float32) {
	for i := range first {
		row := m[i*width:][:width]
		for _, e := range entry[first[i]:last[i]] {
			factor := table[e&255]
			dst := dst[int(e>>8)*width:][:width]
			for j, x := range row {
				dst[j] += factor * x
			}
		}
	}
}

// checkPacked panics unless there is a row for each list.
func checkPacked(rows []float32, width int, first, last []uint32, entry []uint16) {
	if width <= 0 || width%Lane != 0 || width > MaxWidth {
		panic("kernel: packed lists of rows of a bad width")
	}
	if len(rows) != width*len(first) || len(last) != len(first) {
		panic("kernel: packed lists that do not match the rows")
	}
	for i, k := range first {
		if k > last[i] || int(last[i]) > len(entry) {
			panic("kernel: a packed list that is out of range")
		}
	}
}
