package pid

import (
	"fmt"
	"math"

	"github.com/goal-search/goal-search/internal/kernel"
)

// FastEstimator computes what Estimator does for many neurons at once, in
// float32 and with vector kernels. Masses are added in fixed point, so the
// result depends on which samples there are, but not on their order, and for
// each neuron not on its neighbours.
//
// With θ of float32 and batches of at least 64 samples, the information terms
// are within 4e-7 bit of Estimator[float64] and gradients within 1e-5 of the
// largest entry, 1e-4 for a neuron that nearly always or never fires.
//
// A FastEstimator holds scratch memory and serves one goroutine at a time.
type FastEstimator struct {
	goal    Goal
	lattice *Lattice
	groups  *kernel.Groups
	masses  kernel.Masses
	cells   [kernel.Columns][]uint16 // by neuron: its occupied joint bins, ascending
	blocks  []kernel.PIDBlock
	shared  kernel.PIDGoal
	sums    *kernel.PIDSums

	p, logP    [2]float64 // p(y) and log₂ (p(y) + ε), for y = -1 and +1
	redundancy []float64  // I_α
}

// FastBatch is a batch of samples of neurons. Matrices have a row for each
// sample, Stride apart, and a column for each neuron. Rows hold whole groups
// of 8 columns, of which the last may be unused: the last row is at least
// Neurons long, rounded up to a multiple of 8.
type FastBatch struct {
	Samples, Neurons, Stride int
	// Cells are joint bins of the sources, row-major with the last source
	// fastest: (bin1·bins2 + bin2)·bins3 + bin3. Cells out of range count as
	// the last one.
	Cells []uint16
	// Theta is P(y = +1). Values out of [0, 1] are clamped. If one is NaN, all
	// results of that neuron are NaN.
	Theta []float32
	// Gradient is set to dG/dθ, unless it is nil. Unused columns are left.
	Gradient []float32
}

// maxFastBatch is the largest batch of a FastEstimator.
const maxFastBatch = kernel.MaxPIDBatch

// NewFastEstimator returns an estimator for two or three sources with these
// numbers of bins, of which there may be 2^16 jointly, and as many again in
// all single sources and pairs together.
func NewFastEstimator(goal Goal, bins ...int) (*FastEstimator, error) {
	if goal.lattice == nil || len(bins) != goal.lattice.sources {
		return nil, fmt.Errorf("goal and bins are not for the same number of sources")
	}
	for i, n := range bins {
		if n < 1 || n > maxBins {
			return nil, fmt.Errorf("source %d has %d bins: want 1 to %d", i+1, n, maxBins)
		}
	}
	groups, ok := kernel.NewGroups(bins...)
	if !ok {
		return nil, fmt.Errorf("%d bins: want at most 2^16 joint bins, and as many of all sources and pairs", bins)
	}
	e := &FastEstimator{
		goal: goal, lattice: goal.lattice, groups: groups, masses: kernel.NewMasses(groups.Bins()),
		sums: new(kernel.PIDSums), redundancy: make([]float64, goal.lattice.Len()),
	}
	for a, w := range goal.weight {
		e.shared.Weight[a] = float32(w)
		e.shared.WeightNats[a] = float32(w / math.Ln2)
	}
	return e, nil
}

// Estimate sets values[n] to the goal's value G of neuron n, and its 5 or 19
// information terms in terms[n·Terms:], both in bits. It panics when sizes do
// not match.
func (e *FastEstimator) Estimate(b FastBatch, values, terms []float64) {
	count := e.lattice.Terms()
	if b.Samples < 1 || b.Samples > maxFastBatch || len(values) != b.Neurons || len(terms) != b.Neurons*count {
		panic("pid: no samples or too many, or values or terms do not match the neurons")
	}
	e.begin(b.Samples)
	for first := 0; first < b.Neurons; first += kernel.Columns {
		last := min(first+kernel.Columns, b.Neurons)
		e.estimate(b.columns(first, last), values[first:last], terms[first*count:last*count])
	}
}

// columns returns the part of the batch with the neurons from first to last.
func (b FastBatch) columns(first, last int) FastBatch {
	b.Neurons, b.Cells, b.Theta = last-first, b.Cells[first:], b.Theta[first:]
	if b.Gradient != nil {
		b.Gradient = b.Gradient[first:]
	}
	return b
}

// begin prepares for batches of that many samples.
func (e *FastEstimator) begin(samples int) {
	e.shared.Scale = kernel.NewPIDScale(samples)
	e.shared.Epsilon = float32(epsilon / e.unit(samples))
	most := min(samples, e.groups.Bins())
	if cap(e.cells[0]) >= most {
		return
	}
	for n := range e.cells {
		e.cells[n] = make([]uint16, 0, most)
	}
	e.blocks = make([]kernel.PIDBlock, (most+kernel.Lane-1)/kernel.Lane)
}

// unit is the probability of one unit of mass.
func (e *FastEstimator) unit(samples int) float64 {
	return math.Ldexp(1/float64(samples), -int(e.shared.Scale.Fraction))
}

// estimate serves up to kernel.Columns neurons.
func (e *FastEstimator) estimate(b FastBatch, values, terms []float64) {
	m := kernel.Matrix{Stride: b.Stride, Samples: b.Samples, Neurons: b.Neurons}
	invalid := e.masses.Count(b.Cells, b.Theta, m, e.shared.Scale)
	e.listCells()
	for n := range b.Neurons {
		terms := terms[n*e.lattice.Terms():][:e.lattice.Terms()]
		e.information(n, b.Samples, terms)
		if b.Gradient != nil {
			e.differentiate(n, b.Samples)
		}
		if invalid&(1<<n) != 0 {
			e.invalidate(n, terms)
		}
		values[n] = e.goal.Value(terms)
	}
	if b.Gradient != nil {
		e.masses.Pick(b.Gradient, b.Cells, m)
	}
	e.clear(b.Neurons)
}
