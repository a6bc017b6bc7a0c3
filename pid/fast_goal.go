package pid

import (
	"math"

	"github.com/goal-search/goal-search/internal/kernel"
)

// information sets terms to a neuron's information terms, and prepares the
// derivative of its goal.
func (e *FastEstimator) information(n, samples int, terms []float64) {
	blocks, total := e.load(n)
	_, firing, silent := e.shared.Scale.Split(total)
	unit := e.unit(samples)
	e.p = [2]float64{float64(silent) * unit, float64(firing) * unit}
	e.shared.Silent, e.shared.Firing = float32(e.p[0]), float32(e.p[1])
	if e.lattice == Bivariate {
		kernel.PIDTwo(blocks, &e.shared, e.partial)
	} else {
		kernel.PIDThree(blocks, &e.shared, e.partial)
	}
	for a := range e.redundancy {
		e.redundancy[a] = laneSum(&e.partial.Redundancy[a]) * unit
	}
	e.lattice.Atoms(terms, e.redundancy)
	var entropy float64
	for _, p := range e.p {
		entropy -= p * math.Log2(p+epsilon)
	}
	terms[e.lattice.Len()] = entropy - e.redundancy[e.lattice.top()]
}

func laneSum(lanes *[kernel.Lane]float32) float64 {
	var sum float64
	for _, v := range lanes {
		sum += float64(v)
	}
	return sum
}

// differentiate leaves dG/dθ_b = (dG/dq_k(+1) - dG/dq_k(-1)) / B in the table,
// at each cell k, as float32.
func (e *FastEstimator) differentiate(n, samples int) {
	common := float32(e.entropySlope() - laneSum(&e.partial.Expected)*e.unit(samples))
	for k, joint := range e.cells[n] {
		b := &e.blocks[k/kernel.Lane]
		for set, place := range e.places[joint] {
			e.slopes[place] += b.Slope[set][k%kernel.Lane]
		}
	}
	scale := 1 / float32(samples)
	for k, joint := range e.cells[n] {
		slope := common + e.blocks[k/kernel.Lane].Slope[e.proper][k%kernel.Lane]
		for _, place := range e.places[joint] {
			slope += e.slopes[place]
		}
		*e.word(joint, n) = kernel.Mass(math.Float32bits(slope * scale))
	}
}

// entropySlope returns γ_res·(dH/dp(+1) - dH/dp(-1)).
func (e *FastEstimator) entropySlope() float64 {
	slope := func(p float64) float64 { return -math.Log2(p+epsilon) - p/(p+epsilon)/math.Ln2 }
	return e.goal.residual() * (slope(e.p[1]) - slope(e.p[0]))
}
