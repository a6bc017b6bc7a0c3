package pid

import (
	"math"

	"github.com/goal-search/goal-search/internal/kernel"
)

// information sets terms to a neuron's information terms, and prepares the
// derivative of its goal.
func (e *FastEstimator) information(n, samples int, terms []float64) {
	cells := e.cells[n]
	total := e.groups.Gather(e.blocks, &e.masses, n, cells)
	_, firing, silent := e.shared.Scale.Split(total)
	unit := e.unit(samples)
	e.p = [2]float64{float64(silent) * unit, float64(firing) * unit}
	e.shared.Silent, e.shared.Firing = float32(e.p[0]), float32(e.p[1])
	if e.lattice == Bivariate {
		kernel.PIDTwo(e.blocks, len(cells), &e.shared, e.sums)
	} else {
		kernel.PIDThree(e.blocks, len(cells), &e.shared, e.sums)
	}
	for a := range e.redundancy {
		e.redundancy[a] = e.sums.Redundancy[a] * unit
	}
	e.lattice.Atoms(terms, e.redundancy)
	for y, p := range e.p {
		e.logP[y] = math.Log2(p + epsilon)
	}
	entropy := -e.p[0]*e.logP[0] - e.p[1]*e.logP[1]
	terms[e.lattice.Len()] = entropy - e.redundancy[e.lattice.top()]
}

// differentiate leaves dG/dθ_b = (dG/dq_k(+1) - dG/dq_k(-1)) / B in the table,
// at each cell k, as float32.
func (e *FastEstimator) differentiate(n, samples int) {
	common := e.goal.residual()*(e.entropySlope(1)-e.entropySlope(0)) - e.sums.Expected*e.unit(samples)
	e.groups.Spread(&e.masses, n, e.cells[n], e.blocks, float32(common), 1/float32(samples))
}

// entropySlope returns dH/dp(y).
func (e *FastEstimator) entropySlope(y int) float64 {
	return -e.logP[y] - e.p[y]/(e.p[y]+epsilon)/math.Ln2
}
