package pid

import (
	"fmt"
	"math"
)

// Goal is what a neuron maximises: G = Σ γ_α Π_α + γ_res H_res, in bits
// (paper, section 2 and equation 2).
type Goal struct {
	lattice *Lattice
	gamma   []float64
	weight  []float64 // of each redundancy, see redundancyWeights
}

// NewGoal returns the goal with the given γ: one for every atom in lattice
// order, then the residual entropy's. The lattice follows from their number,
// 5 or 19.
func NewGoal(gamma []float64) (Goal, error) {
	g := Goal{gamma: append([]float64(nil), gamma...)}
	switch len(gamma) {
	case Bivariate.Terms():
		g.lattice = Bivariate
	case Trivariate.Terms():
		g.lattice = Trivariate
	default:
		return Goal{}, fmt.Errorf("a goal of %d parameters: want %d for two sources or %d for three", len(gamma), Bivariate.Terms(), Trivariate.Terms())
	}
	for i, v := range gamma {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Goal{}, fmt.Errorf("goal parameter %s is %g: want a finite number", g.lattice.TermNames("123")[i], v)
		}
	}
	g.weight = g.redundancyWeights()
	return g, nil
}

// redundancyWeights folds the Moebius inversion into the goal: with
// Π = M I and H_res = H(Y) - I_top,
//
//	G = Σ_α w_α I_α + γ_res H(Y),    w = Mᵀγ - γ_res e_top
func (g Goal) redundancyWeights() []float64 {
	w := make([]float64, g.lattice.Len())
	for i, row := range g.lattice.moebius {
		for j, m := range row {
			w[j] += g.gamma[i] * m
		}
	}
	w[g.lattice.top()] -= g.residual()
	return w
}

// residual returns γ_res.
func (g Goal) residual() float64 { return g.gamma[len(g.gamma)-1] }

// Lattice returns the lattice of the goal's sources.
func (g Goal) Lattice() *Lattice { return g.lattice }

// Gamma returns a copy of the goal's parameters.
func (g Goal) Gamma() []float64 { return append([]float64(nil), g.gamma...) }

// Value returns G for the given information terms, in bits.
func (g Goal) Value(terms []float64) float64 {
	var sum float64
	for i, gamma := range g.gamma {
		sum += gamma * terms[i]
	}
	return sum
}
