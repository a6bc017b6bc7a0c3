package trainer

import (
	"math"

	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/pid"
)

// rowBinning does what pid.Binner does for the neurons that lie side by side in
// rows, without taking their columns apart. Since values are float32, edges can
// be too: those below which the same values lie.
type rowBinning struct {
	bins     *kernel.EdgeBins
	adaptive bool
}

func newRowBinning(b pid.Binning) (*rowBinning, error) {
	binner, err := pid.NewBinner[float64](pid.FixedBinning(b.Bins, b.Low, b.High))
	if err != nil {
		return nil, err
	}
	var edges []float32
	for _, e := range b.Edges() {
		edges = append(edges, below(e))
	}
	// Smaller values count as the lowest that is binned as such.
	var lowest [1]uint8
	binner.Assign(lowest[:], []float64{math.Inf(-1)})
	scale := float64(b.Bins) / (b.High - b.Low)
	return &rowBinning{kernel.NewEdgeBins(edges, float32(b.Low), float32(scale), int(lowest[0])), b.Adaptive}, nil
}

// below returns the largest float32 that is at most v.
func below(v float64) float32 {
	f := float32(v)
	if float64(f) > v {
		f = math.Nextafter32(f, float32(math.Inf(-1)))
	}
	return f
}

func (r *rowBinning) cells(l *layer) {
	clear(l.cells)
	parallel(l.threads, tasks(l.tiling.neurons, kernel.Lane), l.tasks.bin)
}

// task bins neighbours of one tile.
func (r *rowBinning) task(l *layer, _, task int) {
	_, first, last := part(task, l.tiling.neurons, kernel.Lane)
	width := l.tiling.width
	from := l.column(first)
	to := from + (l.batch-1)*width + kernel.Lane
	for _, s := range l.sources {
		r.append(l.cells[from:to], s.field[from:to], width, last-first)
	}
}

// append sets each cell to that of its bins so far and of these values. Both
// are rows that begin with some neighbours.
func (r *rowBinning) append(cells []uint16, values []float32, width, neurons int) {
	var all [kernel.Lane]float32
	divisors := all[:neurons]
	if r.adaptive {
		kernel.LargestMagnitudes(divisors, values, width)
	}
	for n, d := range divisors {
		if !(d > 0) {
			divisors[n] = 1
		}
	}
	r.bins.Append(cells, values, width, divisors)
}
