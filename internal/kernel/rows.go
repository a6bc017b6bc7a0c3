package kernel

// Lane is the unit of row widths, in floats.
const Lane = 16

// MaxWidth is the largest width of rows that are added: what fits in vector
// registers.
const MaxWidth = 7 * Lane

// AddRows adds Σ_i value[i]·m[index[i]] to dst, where m is a matrix of rows as
// wide as dst. The width is a multiple of Lane up to MaxWidth. The indices are
// not checked. dst may not overlap m.
func AddRows(dst, m []float32, index []int32, value []float32) {
	if len(value) < len(index) {
		panic("kernel: AddRows with fewer values than indices")
	}
	if len(index) > 0 {
		var first, last [1]int32
		last[0] = int32(len(index))
		AddLists(dst, m, len(dst), first[:], last[:], index, value)
	}
}

// SumRows adds Σ_i m[index[i]] to dst: AddRows with all values 1.
func SumRows(dst, m []float32, index []int32) {
	var first, last [1]int32
	last[0] = int32(len(index))
	AddLists(dst, m, len(dst), first[:], last[:], index, nil)
}

// AddLists adds rows of the matrix m to each row of dst: to row i
//
//	Σ_k value[k]·m[index[k]]    first[i] ≤ k < last[i]
//
// where all values are 1 if value is nil. Rows are width floats, a multiple of
// Lane up to MaxWidth. The indices are not checked. dst may not overlap m.
func AddLists(dst, m []float32, width int, first, last, index []int32, value []float32) {
	if width <= 0 || width%Lane != 0 || width > MaxWidth {
		panic("kernel: AddLists of a bad width")
	}
	if len(dst) != width*len(first) || len(last) != len(first) || value != nil && len(value) < len(index) {
		panic("kernel: AddLists of slices that do not match")
	}
	for i, k := range first {
		if k < 0 || k > last[i] || int(last[i]) > len(index) {
			panic("kernel: AddLists of a list that is out of range")
		}
	}
	if len(first) > 0 && len(index) > 0 {
		addLists(dst, m, width, first, last, index, value)
	}
}

// addListsGeneric is AddLists in plain Go.
func addListsGeneric(dst, m []float32, width int, first, last, index []int32, value []float32) {
	for i := range first {
		dst := dst[i*width:][:width]
		for k := first[i]; k < last[i]; k++ {
			factor := float32(1)
			if value != nil {
				factor = value[k]
			}
			for j, x := range m[int(index[k])*width:][:width] {
				dst[j] += factor * x
			}
		}
	}
}
