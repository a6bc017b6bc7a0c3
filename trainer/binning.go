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
	return newRowBinning(b)
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
