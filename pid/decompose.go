package pid

import "math"

// Decomposition is the exact PID of a distribution, in bits. Redundancies and
// atoms stand in lattice order. Each is the difference of an informative and a
// misinformative part (Makkeh et al. 2021, section IV), and may be negative.
type Decomposition struct {
	Lattice      *Lattice
	Redundancies Parts
	Atoms        Parts
	// Pointwise holds the contribution of each outcome, nil where its
	// probability is 0. The average over the outcomes gives the values above.
	Pointwise []*PointwiseParts
	// MutualInformation is I(Y : S_a) by source set a; place 0 is unused.
	MutualInformation []float64
	Entropy           float64 // H(Y)
	ResidualEntropy   float64 // H(Y | all sources)
}

// Parts is a vector of information quantities in lattice order:
// Total = Informative - Misinformative.
type Parts struct {
	Total, Informative, Misinformative []float64
}

// PointwiseParts is one outcome's redundancies and atoms.
type PointwiseParts struct {
	Redundancies, Atoms Parts
}

func newParts(n int) Parts {
	return Parts{make([]float64, n), make([]float64, n), make([]float64, n)}
}

// add adds weight times each entry of q.
func (p Parts) add(weight float64, q Parts) {
	for i := range p.Total {
		p.Total[i] += weight * q.Total[i]
		p.Informative[i] += weight * q.Informative[i]
		p.Misinformative[i] += weight * q.Misinformative[i]
	}
}

// atoms returns the Moebius inverse of redundancies.
func (p Parts) atoms(l *Lattice) Parts {
	a := newParts(l.Len())
	l.Atoms(a.Total, p.Total)
	l.Atoms(a.Informative, p.Informative)
	l.Atoms(a.Misinformative, p.Misinformative)
	return a
}

// Decompose computes the shared-exclusion PID of the distribution:
//
//	i⁺_α = -log₂ P(E_α)        i⁻_α = log₂ P(y) / P(E_α, y)        E_α = ⋃_{a ∈ α} {S_a = s_a}
//
// and I_α = E[i⁺_α - i⁻_α] (paper, appendix A.1).
func (d *Distribution) Decompose() *Decomposition {
	l := d.lattice
	result := &Decomposition{Lattice: l, Redundancies: newParts(l.Len()), Pointwise: d.pointwise()}
	for i, pointwise := range result.Pointwise {
		if pointwise != nil {
			result.Redundancies.add(d.Outcomes[i].P, pointwise.Redundancies)
			pointwise.Atoms = pointwise.Redundancies.atoms(l)
		}
	}
	result.Atoms = result.Redundancies.atoms(l)
	result.MutualInformation = make([]float64, 1<<l.Sources())
	for set := SourceSet(1); set < 1<<l.Sources(); set++ {
		result.MutualInformation[set] = result.Redundancies.Total[l.Index(Antichain{set})]
	}
	for _, p := range d.targetMass() {
		if p > 0 {
			result.Entropy -= p * math.Log2(p)
		}
	}
	result.ResidualEntropy = result.Entropy - result.Redundancies.Total[l.top()]
	return result
}

// pointwise returns the redundancies of each outcome of positive probability.
func (d *Distribution) pointwise() []*PointwiseParts {
	rows := make([]*PointwiseParts, len(d.Outcomes))
	for i, o := range d.Outcomes {
		if o.P > 0 {
			rows[i] = &PointwiseParts{Redundancies: newParts(d.lattice.Len())}
		}
	}
	total := d.eventMass(-1)
	for y, py := range d.targetMass() {
		joint := d.eventMass(y)
		for i, row := range rows {
			if row == nil || d.target[i] != y {
				continue
			}
			for a := range d.lattice.Len() {
				row.Redundancies.Informative[a] = -math.Log2(total[a][d.cell[i]])
				row.Redundancies.Misinformative[a] = math.Log2(py / joint[a][d.cell[i]])
				row.Redundancies.Total[a] = row.Redundancies.Informative[a] - row.Redundancies.Misinformative[a]
			}
		}
	}
	return rows
}

// eventMass returns P(E_α, Y = y) by antichain and cell; P(E_α) for y = -1.
func (d *Distribution) eventMass(y int) [][]float64 {
	n := len(d.cells.sum)
	mass := make([]float64, n)
	for i, o := range d.Outcomes {
		if y < 0 || d.target[i] == y {
			mass[d.cell[i]] += o.P
		}
	}
	var spreads [8][]float64
	for set := SourceSet(1); set < 1<<d.lattice.Sources(); set++ {
		spreads[set] = make([]float64, n)
		d.cells.spread(spreads[set], mass, set)
	}
	events := make([][]float64, d.lattice.Len())
	for a, union := range d.lattice.unions {
		events[a] = make([]float64, n)
		unionMass(events[a], union, &spreads)
	}
	return events
}

// targetMass returns P(Y = y) by target value.
func (d *Distribution) targetMass() []float64 {
	mass := make([]float64, d.targets)
	for i, o := range d.Outcomes {
		mass[d.target[i]] += o.P
	}
	return mass
}
