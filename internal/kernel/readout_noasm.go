//go:build !amd64 || purego

package kernel

func appendBins(b *EdgeBins, cell []uint16, x []float32, stride, rows int, divisor []float32) {
	appendBinsGeneric(b, cell, x, stride, rows, divisor)
}

func largestMagnitudes(dst, x []float32, stride, rows int) {
	largestMagnitudesGeneric(dst, x, stride, rows)
}

func sumColumns(dst []float64, x []float32) { sumColumnsGeneric(dst, x) }

func countHits(x, factor, summand []float32, place []uint8) int {
	return countHitsGeneric(x, factor, summand, place)
}
