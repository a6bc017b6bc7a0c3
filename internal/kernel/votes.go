package kernel

import "math"

// SumColumns sets dst to the sums of the first columns of x, rows of Lane
// numbers. Each is added in the order of the rows.
func SumColumns(dst []float64, x []float32) {
	if len(x)%Lane != 0 || len(dst) > Lane {
		panic("kernel: SumColumns of no whole rows, or more than they have")
	}
	clear(dst)
	if len(x) > 0 {
		sumColumns(dst, x)
	}
}

// sumColumnsGeneric is SumColumns in plain Go.
func sumColumnsGeneric(dst []float64, x []float32) {
	for i := 0; i < len(x); i += Lane {
		for n, v := range x[i:][:len(dst)] {
			dst[n] += float64(v)
		}
	}
}

// CountHits returns for how many rows of Lane numbers the largest x·factor +
// summand is at the row's place. Columns without a factor are left out. Of
// equal numbers the first counts, NaN is the smallest.
func CountHits(x, factor, summand []float32, place []uint8) int {
	if len(x) != Lane*len(place) || len(factor) > Lane || len(factor) != len(summand) {
		panic("kernel: CountHits of rows without a place, or of more than they have")
	}
	if len(x) == 0 {
		return 0
	}
	return countHits(x, factor, summand, place)
}

// countHitsGeneric is CountHits in plain Go.
func countHitsGeneric(x, factor, summand []float32, place []uint8) (hits int) {
	summand = summand[:len(factor)]
	for i, p := range place {
		largest, at := float32(math.Inf(-1)), 0
		for n, v := range x[i*Lane:][:len(factor)] {
			if v = v*factor[n] + summand[n]; v > largest {
				largest, at = v, n
			}
		}
		if at == int(p) {
			hits++
		}
	}
	return hits
}
