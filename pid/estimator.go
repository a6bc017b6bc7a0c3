package pid

import (
	"fmt"
	"math"
)

// Small numbers of the authors' estimator. They matter for the gradients of
// nearly silent and of saturated neurons.
const (
	epsilon       = 1e-10 // added to P(E_α)·p(y), and to p(y) in H(Y)
	smallestRatio = 1e-7  // a smaller ratio counts as 1: no value, no gradient
)

// Estimator computes the information terms of one neuron over a batch of
// samples, and the gradient of its goal. The output y is taken by its
// probability: each sample counts θ for y = +1 and 1-θ for y = -1, so that all
// terms are differentiable in θ.
//
// An Estimator holds scratch memory and serves one goroutine at a time.
type Estimator[T Float] struct {
	lattice    *Lattice
	histogram  histogram
	cellMass   []float64    // P_k, both outputs together
	cellSpread [8][]float64 // of cellMass, by source set
	union      []float64    // u_k of the antichain at hand
	redundancy []float64    // I_α
	output     [2]output
}

// output is one output value y: the quantities of section A.1 by cell k, for
// the antichain α at hand, and what they add to the goal's derivative.
type output struct {
	mass   []float64    // q_k(y)
	total  float64      // p(y)
	spread [8][]float64 // of mass, by source set
	event  []float64    // v_k(y): mass of the antichain's event together with y
	direct []float64    // dG/dq_k(y), all but what comes through v
	back   [8][]float64 // dG/dspread, by source set: how v passes it on
}

// NewEstimator returns an estimator for two or three sources with these
// numbers of bins.
func NewEstimator[T Float](bins ...int) (*Estimator[T], error) {
	lattice, err := LatticeOf(len(bins))
	if err != nil {
		return nil, err
	}
	for i, n := range bins {
		if n < 1 || n > maxBins {
			return nil, fmt.Errorf("source %d has %d bins: want 1 to %d", i+1, n, maxBins)
		}
	}
	return &Estimator[T]{
		lattice:    lattice,
		histogram:  newHistogram(bins),
		redundancy: make([]float64, lattice.Len()),
	}, nil
}

// Estimate sets terms to the information terms of the batch, and returns the
// goal's value G. theta holds P(y = +1) by sample, bins[source] the sources'
// bins by sample. Unless gradient is nil, it is set to dG/dθ by sample.
//
//	f_k(y) = v_k(y) / (u_k p(y) + ε)        I_α = Σ_k,y q_k(y) log₂ f_k(y)
//
// where k runs over occupied cells only, and u_k, v_k(y) are the masses of α's
// event seen from cell k, without and with y (paper, appendix A.1).
func (e *Estimator[T]) Estimate(goal Goal, theta []T, bins [][]uint8, terms []float64, gradient []T) float64 {
	e.check(goal, theta, bins, terms, gradient)
	fill(&e.histogram, theta, bins)
	e.information(goal, terms)
	if gradient != nil {
		e.differentiate(goal, gradient)
	}
	return goal.Value(terms)
}

// information sets terms to the information terms of the histogram, and
// prepares the derivative of the goal.
func (e *Estimator[T]) information(goal Goal, terms []float64) {
	e.prepare()
	for a, union := range e.lattice.unions {
		unionMass(e.union, union, &e.cellSpread)
		e.redundancy[a] = 0
		for y := range e.output {
			e.redundancy[a] += e.output[y].redundancy(union, e.union, goal.weight[a])
		}
	}
	e.lattice.Atoms(terms, e.redundancy)
	terms[e.lattice.Len()] = e.entropy() - e.redundancy[e.lattice.top()]
}

func (e *Estimator[T]) check(goal Goal, theta []T, bins [][]uint8, terms []float64, gradient []T) {
	if goal.lattice != e.lattice || len(bins) != e.lattice.sources || len(terms) != e.lattice.Terms() {
		panic("pid: goal, bins or terms are not those of the estimator's sources")
	}
	for _, b := range bins {
		if len(b) != len(theta) {
			panic("pid: bins and theta differ in length")
		}
	}
	if gradient != nil && len(gradient) != len(theta) {
		panic("pid: gradient and theta differ in length")
	}
}

// prepare resets the columns to the histogram's cells and spreads the masses.
func (e *Estimator[T]) prepare() {
	n := e.histogram.cells()
	e.cellMass = resize(e.cellMass, n)
	e.union = resize(e.union, n)
	for k := range e.cellMass {
		e.cellMass[k] = e.histogram.mass[0][k] + e.histogram.mass[1][k]
	}
	e.spread(&e.cellSpread, e.cellMass)
	for y := range e.output {
		o := &e.output[y]
		o.mass = e.histogram.mass[y]
		o.total = 0
		for _, q := range o.mass {
			o.total += q
		}
		o.event, o.direct = resize(o.event, n), resize(o.direct, n)
		e.spread(&o.spread, o.mass)
		for set := range o.back {
			o.back[set] = resize(o.back[set], n)
		}
	}
}

func (e *Estimator[T]) spread(dst *[8][]float64, mass []float64) {
	for set := SourceSet(1); set < 1<<e.lattice.sources; set++ {
		dst[set] = resize(dst[set], len(mass))
		e.histogram.sets.spread(dst[set], mass, set)
	}
}

// resize returns a column of n zeros, in place if there is room.
func resize(column []float64, n int) []float64 {
	if cap(column) < n {
		return make([]float64, n, 2*n)
	}
	column = column[:n]
	clear(column)
	return column
}

// redundancy returns Σ_k q_k(y) log₂ f_k(y) and adds weight times its
// derivative to direct and back. u does not depend on θ, so with m_k = 1 where
// the ratio counts, else 0,
//
//	d/dq_j(y) = m_j log₂ f_j(y) + 1/ln 2 [ Σ_k U_kj m_k q_k(y)/v_k(y) - Σ_k m_k q_k(y) u_k/(u_k p(y)+ε) ]
func (o *output) redundancy(union []signedSet, u []float64, weight float64) float64 {
	unionMass(o.event, union, &o.spread)
	var sum, marginal float64
	for k, q := range o.mass {
		expected := u[k]*o.total + epsilon
		ratio := o.event[k] / expected
		if ratio < smallestRatio {
			continue
		}
		bits := math.Log2(ratio)
		sum += q * bits
		marginal += q * u[k] / expected
		if weight == 0 {
			continue
		}
		o.direct[k] += weight * bits
		for _, term := range union {
			o.back[term.set][k] += term.sign * weight / math.Ln2 * q / o.event[k]
		}
	}
	for k := range o.direct {
		o.direct[k] -= weight / math.Ln2 * marginal
	}
	return sum
}

// entropy returns H(Y) in bits.
func (e *Estimator[T]) entropy() float64 {
	var sum float64
	for y := range e.output {
		sum -= e.output[y].total * math.Log2(e.output[y].total+epsilon)
	}
	return sum
}

// differentiate sets gradient[b] = dG/dθ_b = (dG/dq_k(+1) - dG/dq_k(-1)) / B
// with k the cell of sample b.
func (e *Estimator[T]) differentiate(goal Goal, gradient []T) {
	silent, firing := e.derivative(goal, 0), e.derivative(goal, 1)
	for b, k := range e.histogram.cell {
		gradient[b] = T((firing[k] - silent[k]) / float64(len(gradient)))
	}
}

// derivative returns dG/dq_k(y) by cell.
func (e *Estimator[T]) derivative(goal Goal, y int) []float64 {
	o := &e.output[y]
	p := o.total + epsilon
	entropy := -(math.Log2(p) + o.total/p/math.Ln2)
	for k := range o.direct {
		o.direct[k] += goal.residual() * entropy
	}
	for set := SourceSet(1); set < 1<<e.lattice.sources; set++ {
		e.histogram.sets.spread(o.event, o.back[set], set)
		for k, v := range o.event {
			o.direct[k] += v
		}
	}
	return o.direct
}
