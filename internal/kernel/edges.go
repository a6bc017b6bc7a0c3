package kernel

import "math"

// EdgeBins are bins between edges, open on the left and closed on the right.
type EdgeBins struct {
	edges      []float32 // [bins+1] in ascending order, the last one infinite
	least      int       // the bin of numbers that are too small, and of NaN
	low, scale float32   // (v-low)·scale guesses how many edges are below v
	near       bool      // whether the edge nearest to the guess bounds the bin of any v
}

// NewEdgeBins returns the bins between these edges, which are in ascending
// order from low on, and about 1/scale apart. The last edge counts as infinite.
// Numbers that are too small belong to bin least.
func NewEdgeBins(edges []float32, low, scale float32, least int) *EdgeBins {
	bins := len(edges) - 1
	if bins < 1 || bins > maxCells || least < 0 || least >= bins {
		panic("kernel: EdgeBins of no edges, or too many")
	}
	b := &EdgeBins{edges: append([]float32(nil), edges...), least: least, low: low, scale: scale, near: true}
	b.edges[bins] = float32(math.Inf(1))
	// Guesses grow with v, so that those at the edges bound all others.
	for i := least + 1; i < bins; i++ {
		edge := b.edges[i]
		above := math.Nextafter32(edge, math.MaxFloat32)
		b.near = b.near && b.nearest(edge) <= float64(i) && b.nearest(above) >= float64(i)
	}
	return b
}

// nearest returns the number of the edge that is nearest to the guess.
func (b *EdgeBins) nearest(v float32) float64 {
	return math.RoundToEven(float64((v - b.low) * b.scale))
}

// Count returns the number of bins.
func (b *EdgeBins) Count() int { return len(b.edges) - 1 }

// bin guesses the bin and corrects the guess by the edges.
func (b *EdgeBins) bin(v float32) int {
	if !(v > b.edges[b.least+1]) {
		return b.least
	}
	i := min(max(int((v-b.low)*b.scale), b.least+1), b.Count()-1)
	for v <= b.edges[i] { // never down to least
		i--
	}
	for v > b.edges[i+1] {
		i++
	}
	return i
}

// Append sets each cell c to c·Count() + the bin of its number of x by the
// divisor of its column. Both are rows of Lane numbers, stride apart, whose
// first columns have a divisor; cells of the others are of no meaning then.
// The results have to be below 2^16.
func (b *EdgeBins) Append(cell []uint16, x []float32, stride int, divisor []float32) {
	rows := rowsOfLane(len(x), stride)
	if rows == 0 || len(cell) != len(x) || len(divisor) > Lane {
		panic("kernel: Append to matrices that do not match")
	}
	appendBins(b, cell, x, stride, rows, divisor)
}

// rowsOfLane returns how many rows of Lane numbers, stride apart, length
// numbers are; 0 if they are no whole rows.
func rowsOfLane(length, stride int) int {
	if stride < Lane || length < Lane || (length-Lane)%stride != 0 {
		return 0
	}
	return (length-Lane)/stride + 1
}

// appendBinsGeneric is EdgeBins.Append in plain Go.
func appendBinsGeneric(b *EdgeBins, cell []uint16, x []float32, stride, rows int, divisor []float32) {
	count := uint16(b.Count())
	for i := range rows {
		cell, x := cell[i*stride:][:len(divisor)], x[i*stride:][:len(divisor)]
		for n, d := range divisor {
			cell[n] = cell[n]*count + uint16(b.bin(x[n]/d))
		}
	}
}

// LargestMagnitudes sets dst to the largest absolute values of the first
// columns of x, rows of Lane numbers that are stride apart. NaN is larger than
// infinity.
func LargestMagnitudes(dst, x []float32, stride int) {
	rows := rowsOfLane(len(x), stride)
	if rows == 0 || len(dst) > Lane {
		panic("kernel: LargestMagnitudes of no whole rows, or more than they have")
	}
	largestMagnitudes(dst, x, stride, rows)
}

// largestMagnitudesGeneric is LargestMagnitudes in plain Go. Positive numbers
// are ordered as their bits are.
func largestMagnitudesGeneric(dst, x []float32, stride, rows int) {
	var largest [Lane]uint32
	for i := range rows {
		for n, v := range x[i*stride:][:len(dst)] {
			largest[n] = max(largest[n], math.Float32bits(v)&^(1<<31))
		}
	}
	for n := range dst {
		dst[n] = math.Float32frombits(largest[n])
	}
}
