package pid

import (
	"math"
	"math/bits"

	"github.com/goal-search/goal-search/internal/kernel"
)

// listCells sets cells to the occupied bins of each neuron and clears their
// marks. The order is that of the bins, whatever the order of the samples.
func (e *FastEstimator) listCells() {
	for n := range e.cells {
		e.cells[n] = e.cells[n][:0]
	}
	for i, marks := range e.masses.Occupied {
		if marks == 0 {
			continue
		}
		e.masses.Occupied[i] = 0
		for ; marks != 0; marks &= marks - 1 {
			place := 64*i + bits.TrailingZeros64(marks)
			n := place % kernel.Columns
			e.cells[n] = append(e.cells[n], uint16(place/kernel.Columns))
		}
	}
}

// clear empties the histograms.
func (e *FastEstimator) clear(neurons int) {
	for n := range neurons {
		for _, joint := range e.cells[n] {
			*e.word(joint, n) = 0
		}
	}
}

func (e *FastEstimator) word(joint uint16, n int) *kernel.Mass {
	return &e.masses.Table[int(joint)*kernel.Columns+n]
}

// invalidate makes all results of a neuron NaN.
func (e *FastEstimator) invalidate(n int, terms []float64) {
	for i := range terms {
		terms[i] = math.NaN()
	}
	for _, joint := range e.cells[n] {
		*e.word(joint, n) = kernel.Mass(math.Float32bits(float32(math.NaN())))
	}
}
