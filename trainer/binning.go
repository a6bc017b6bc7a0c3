package trainer

import (
	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/pid"
)

// binning sets a layer's cells from its fields.
type binning interface {
	cells(l *layer)
}

// newBinning returns the fastest that bins each source so.
func newBinning(b pid.Binning, sources int) (binning, error) {
	if bins, ok := kernel.NewBins(b.Bins, b.Low, b.High); ok && !b.Adaptive && sources == 3 {
		return &fixedBinning{kernel.FieldBins{F: bins, C: bins, L: bins}}, nil
	}
	binner, err := pid.NewBinner[float32](b)
	return &anyBinning{binner, b.Bins}, err
}

// fixedBinning cuts the three fields at multiples of a power of two.
type fixedBinning struct{ bins kernel.FieldBins }

func (f *fixedBinning) cells(l *layer) {
	l.blocks(func(b block) {
		x := fieldsOf(l.parts(fieldOf, b), l.tiling.width)
		kernel.Cells(l.cells[b.from:b.to], &x, &f.bins)
	})
}

// anyBinning bins each neuron's fields on their own.
type anyBinning struct {
	binner *pid.Binner[float32]
	bins   int
}

func (a *anyBinning) cells(l *layer) {
	clear(l.cells)
	parallel(l.threads, l.tiling.neurons, func(_, n int) {
		tile, place := l.tiling.place(n)
		column, bins := make([]float32, l.batch), make([]uint8, l.batch)
		first := tile*l.batch*l.tiling.width + place
		for _, s := range l.sources {
			for b := range column {
				column[b] = s.field[first+b*l.tiling.width]
			}
			a.binner.Assign(bins, column)
			for b, bin := range bins {
				cell := &l.cells[first+b*l.tiling.width]
				*cell = *cell*uint16(a.bins) + uint16(bin)
			}
		}
	})
}
