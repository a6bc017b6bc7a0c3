//go:build amd64 && !purego

package kernel

import "math"

// laneOf is a whole row that begins with some numbers; the others are rest.
func laneOf(first []float32, rest float32) (row [Lane]float32) {
	fill(row[copy(row[:], first):], rest)
	return row
}

func (b *EdgeBins) constants() (k [6][8]float32) {
	first := float32(b.least + 1)
	for i, v := range [...]float32{b.low, b.scale, first, max(float32(b.Count()-1), first)} {
		spread(&k[i], v)
	}
	for i, v := range [...]int{b.Count(), -1} {
		spread(&k[4+i], math.Float32frombits(uint32(int32(v))))
	}
	return k
}

func appendBins(b *EdgeBins, cell []uint16, x []float32, stride, rows int, divisor []float32) {
	if path == Generic || !b.near {
		appendBinsGeneric(b, cell, x, stride, rows, divisor)
		return
	}
	k, d := b.constants(), laneOf(divisor, 1)
	if path == AVX512 {
		appendBinsAVX512(&cell[0], &x[0], stride, rows, &d[0], &b.edges[0], &k[0][0])
	} else {
		appendBinsAVX2(&cell[0], &x[0], stride, rows, &d[0], &b.edges[0], &k[0][0])
	}
}

func largestMagnitudes(dst, x []float32, stride, rows int) {
	if path == Generic {
		largestMagnitudesGeneric(dst, x, stride, rows)
		return
	}
	var largest [Lane]float32
	if path == AVX512 {
		largestMagnitudesAVX512(&largest[0], &x[0], stride, rows)
	} else {
		largestMagnitudesAVX2(&largest[0], &x[0], stride, rows)
	}
	copy(dst, largest[:])
}

func sumColumns(dst []float64, x []float32) {
	if path == Generic {
		sumColumnsGeneric(dst, x)
		return
	}
	var sums [Lane]float64
	if path == AVX512 {
		sumColumnsAVX512(&sums[0], &x[0], len(x)/Lane)
	} else {
		sumColumnsAVX2(&sums[0], &x[0], len(x)/Lane)
	}
	copy(dst, sums[:])
}

func countHits(x, factor, summand []float32, place []uint8) int {
	if path == Generic {
		return countHitsGeneric(x, factor, summand, place)
	}
	f, s := laneOf(factor, 0), laneOf(summand, float32(math.Inf(-1)))
	if path == AVX512 {
		return countHitsAVX512(&x[0], &f[0], &s[0], &place[0], len(place))
	}
	return countHitsAVX2(&x[0], &f[0], &s[0], &place[0], len(place))
}
