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
	bins     int
	least    int // the bin of values that are too small, and of NaN
	adaptive bool
	low      float32
	scale    float32   // bins per unit
	edges    []float32 // [bins+1], the last one infinite
}

func newRowBinning(b pid.Binning) (*rowBinning, error) {
	binner, err := pid.NewBinner[float64](pid.FixedBinning(b.Bins, b.Low, b.High))
	if err != nil {
		return nil, err
	}
	r := &rowBinning{bins: b.Bins, adaptive: b.Adaptive, low: float32(b.Low), scale: float32(float64(b.Bins) / (b.High - b.Low))}
	for _, e := range b.Edges() {
		r.edges = append(r.edges, below(e))
	}
	// Smaller values count as the lowest that is binned as such.
	var lowest [1]uint8
	binner.Assign(lowest[:], []float64{math.Inf(-1)})
	r.least = int(lowest[0])
	r.edges[b.Bins] = float32(math.Inf(1))
	return r, nil
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
	at, width := l.column(first), l.tiling.width
	for _, s := range l.sources {
		var divisors [kernel.Lane]float32
		r.divisors(divisors[:last-first], s.field[at:], width, l.batch)
		for b := range l.batch {
			cells := l.cells[at+b*width:][:last-first]
			fields := s.field[at+b*width:][:last-first]
			for n, v := range fields {
				cells[n] = cells[n]*uint16(r.bins) + r.bin(v/divisors[n])
			}
		}
	}
}

// divisors sets dst to the largest absolute values of columns of rows, or to 1
// where they are not to be divided.
func (r *rowBinning) divisors(dst, rows []float32, width, batch int) {
	var largest [kernel.Lane]uint32 // positive numbers are ordered as their bits are
	for b := 0; r.adaptive && b < batch; b++ {
		for n, v := range rows[b*width:][:len(dst)] {
			largest[n] = max(largest[n], math.Float32bits(v)&^(1<<31))
		}
	}
	for n := range dst {
		dst[n] = math.Float32frombits(largest[n])
		if !(dst[n] > 0) {
			dst[n] = 1
		}
	}
}

// bin guesses the bin by its width and corrects the guess by the edges.
func (r *rowBinning) bin(v float32) uint16 {
	if !(v > r.edges[r.least+1]) {
		return uint16(r.least)
	}
	i := min(max(int((v-r.low)*r.scale), r.least+1), r.bins-1)
	for v <= r.edges[i] { // never down to least
		i--
	}
	for v > r.edges[i+1] {
		i++
	}
	return uint16(i)
}
