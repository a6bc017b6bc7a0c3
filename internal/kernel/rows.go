package kernel

// Lane is the unit of row widths, in floats.
const Lane = 16

// MaxWidth is the largest row width that AddRows takes: what fits in vector
// registers.
const MaxWidth = 7 * Lane

// AddRows adds Σ_i value[i]·m[index[i]] to dst, where m is a matrix of rows as
// wide as dst. The width is a multiple of Lane up to MaxWidth. Rows are added
// in order. dst may not overlap m.
func AddRows(dst, m []float32, index []int32, value []float32) {
	width := len(dst)
	if width == 0 || width%Lane != 0 || width > MaxWidth || len(value) < len(index) {
		panic("kernel: AddRows of a bad width, or fewer values than indices")
	}
	if len(index) == 0 {
		return
	}
	addRows(dst, m, index, value)
}

// addRowsGeneric is AddRows in plain Go.
func addRowsGeneric(dst, m []float32, index []int32, value []float32) {
	width := len(dst)
	for i, row := range index {
		v := value[i]
		for j, x := range m[int(row)*width:][:width] {
			dst[j] += v * x
		}
	}
}

// SumRows adds Σ_i m[index[i]] to dst: AddRows with all values 1.
func SumRows(dst, m []float32, index []int32) {
	width := len(dst)
	if width == 0 || width%Lane != 0 || width > MaxWidth {
		panic("kernel: SumRows of a bad width")
	}
	if len(index) > 0 {
		sumRows(dst, m, index)
	}
}

// sumRowsGeneric is SumRows in plain Go.
func sumRowsGeneric(dst, m []float32, index []int32) {
	width := len(dst)
	for _, row := range index {
		for j, x := range m[int(row)*width:][:width] {
			dst[j] += x
		}
	}
}
