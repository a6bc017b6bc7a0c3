package trainer

import (
	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/pid"
)

// binning sets a layer's cells from its fields.
type binning interface {
	cells(l *layer)
	task(l *layer, thread, task int) // a part of it
}

// newBinning returns the fastest that bins each source so.
func newBinning(b pid.Binning, sources int) (binning, error) {
	if bins, ok := kernel.NewBins(b.Bins, b.Low, b.High); ok && !b.Adaptive && sources == 3 {
		return &fixedBinning{kernel.FieldBins{F: bins, C: bins, L: bins}}, nil
	}
	binner, err := pid.NewBinner[float32](b)
	return &anyBinning{binner, b.Bins}, err
}

// fixedBinning cuts the three fields at multiples of a power of two, block by
// block.
type fixedBinning struct{ bins kernel.FieldBins }

func (f *fixedBinning) cells(l *layer) { l.blocks(l.tasks.bin) }

func (f *fixedBinning) task(l *layer, thread, task int) {
	x := l.rows(thread, task).trivariateFields()
	from, to := l.block(task)
	kernel.Cells(l.cells[from:to], &x, &f.bins)
}

// anyBinning bins each neuron's fields on their own.
type anyBinning struct {
	binner *pid.Binner[float32]
	bins   int
}

func (a *anyBinning) cells(l *layer) {
	clear(l.cells)
	parallel(l.threads, l.tiling.neurons, l.tasks.bin)
}

func (a *anyBinning) task(l *layer, thread, neuron int) {
	s := &l.scratch[thread]
	s.column, s.bins = grow(s.column, l.batch), grow(s.bins, l.batch)
	first := l.column(neuron)
	for _, source := range l.sources {
		for b := range s.column {
			s.column[b] = source.field[first+b*l.tiling.width]
		}
		a.binner.Assign(s.bins, s.column)
		for b, bin := range s.bins {
			cell := &l.cells[first+b*l.tiling.width]
			*cell = *cell*uint16(a.bins) + uint16(bin)
		}
	}
}
