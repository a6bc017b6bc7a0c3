package kernel

// Lane is the unit of row widths, in floats.
const Lane = 16

// MaxWidth is the largest width of rows that are added: what fits in vector
// registers.
const MaxWidth = 7 * Lane

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
// Rows are width floats, a multiple of Lane up to MaxWidth, of which the first
// used count: the others may be added too. The entries are not checked. dst may
// not overlap m.
func AddPacked(dst, m []float32, width, used int, first, last []uint32, entry []uint16, table *[256]float32) {
	if width <= 0 || width%Lane != 0 || width > MaxWidth || used < 1 || used > width || len(dst) != width*len(first) {
		panic("kernel: AddPacked to rows of a bad size")
	}
	checkLists(first, last, entry)
	if len(first) > 0 && len(entry) > 0 {
		addPacked(dst, m, width, used, first, last, entry, table)
	}
}

// addPackedGeneric is AddPacked in plain Go.
func addPackedGeneric(dst, m []float32, width, used int, first, last []uint32, entry []uint16, table *[256]float32) {
	for i := range first {
		dst := dst[i*width:][:used]
		for _, e := range entry[first[i]:last[i]] {
			factor := table[e&255]
			for j, x := range m[int(e>>8)*width:][:used] {
				dst[j] += factor * x
			}
		}
	}
}

// TurnPacked turns lists by column, at most MaxPacked of them, into lists by
// row: each entry of list i is appended, as that of row i, at the end of the
// list of its own row in dst. end is where the lists in dst end, before and
// after. The entries and ends are not checked.
func TurnPacked(dst []uint16, end, first, last []uint32, entry []uint16) {
	if len(first) > MaxPacked {
		panic("kernel: TurnPacked of too many lists")
	}
	checkLists(first, last, entry)
	if len(first) > 0 && len(entry) > 0 {
		turnPacked(dst, end, first, last, entry)
	}
}

// turnPackedGeneric is TurnPacked in plain Go.
func turnPackedGeneric(dst []uint16, end, first, last []uint32, entry []uint16) {
	for i, k := range first {
		for _, e := range entry[k:last[i]] {
			end := &end[e>>8]
			dst[*end] = Pack(i, byte(e))
			*end++
		}
	}
}

// checkLists panics unless all lists are within the entries.
func checkLists(first, last []uint32, entry []uint16) {
	if len(last) != len(first) {
		panic("kernel: packed lists without an end")
	}
	for i, k := range first {
		if k > last[i] || int(last[i]) > len(entry) {
			panic("kernel: a packed list that is out of range")
		}
	}
}
