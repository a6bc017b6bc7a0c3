package kernel

import "math"

// Bins are equally wide bins of a fixed range whose width is a power of two
// and whose edges are multiples of it, so that bins need no comparison with
// edges: bin(v) = ceil(v/width) - ceil(low/width) - 1, clamped.
type Bins struct {
	count       int
	scale       float32 // 1/width
	first, last float32 // ceil(v/width) of values in the first and last bin
}

// NewBins returns the bins that cut [low, high] into count bins, and whether
// they are of this kind. Widths below 2^-10 are not.
func NewBins(count int, low, high float64) (Bins, bool) {
	width := (high - low) / float64(count)
	fraction, _ := math.Frexp(width)
	if count < 1 || !(low < high) || fraction != .5 || width < 0x1p-10 {
		return Bins{}, false
	}
	first := low/width + 1
	if first != math.Trunc(first) || max(math.Abs(first), math.Abs(first+float64(count))) > 1<<20 {
		return Bins{}, false
	}
	return Bins{count, float32(1 / width), float32(first), float32(first + float64(count) - 1)}, true
}

// Count returns the number of bins.
func (b Bins) Count() int { return b.count }

// ordinal is ceil(v/width), clamped to the bins; that of NaN is the first.
func (b Bins) ordinal(v float32) float32 {
	if !(v*b.scale > b.first) {
		return b.first
	}
	return min(float32(math.Ceil(float64(v*b.scale))), b.last)
}

// maxCells is the largest number of joint bins.
const maxCells = 1 << 16

// FieldBins are the bins of the three fields. Together there are at most 2^16
// cells.
type FieldBins struct{ F, C, L Bins }

// Count returns the number of cells.
func (b *FieldBins) Count() int { return b.F.count * b.C.count * b.L.count }

// Cells sets cell, [sample][neuron], to the joint bin (binF·nC + binC)·nL +
// binL of the fields. Bins are open on the left and closed on the right;
// values out of range belong to the first and the last bin, NaN to the first.
// This is exact for all but subnormal values.
func Cells(cell []uint16, x *Fields, b *FieldBins) {
	if !x.sized(len(cell)) {
		panic("kernel: Cells of matrices that do not match")
	}
	if n := b.Count(); n < 1 || n > maxCells {
		panic("kernel: Cells of no bins, or too many")
	}
	if len(cell) > 0 {
		cells(cell, x, b)
	}
}

// cellsGeneric is Cells in plain Go.
func cellsGeneric(cell []uint16, x *Fields, b *FieldBins) {
	for i := range x.Context {
		f, c, l := x.rows(i)
		for j := range f {
			binF := int(b.F.ordinal(f[j]) - b.F.first)
			binC := int(b.C.ordinal(c[j]) - b.C.first)
			binL := int(b.L.ordinal(l[j]) - b.L.first)
			cell[i*x.Width+j] = uint16((binF*b.C.count+binC)*b.L.count + binL)
		}
	}
}
