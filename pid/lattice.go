package pid

import (
	"fmt"
	"math/bits"
	"slices"
)

// ResidualEntropy is the name of the last information term, H_res = H(Y|sources).
const ResidualEntropy = "H_res"

// Lattice is the redundancy lattice of two or three sources: its antichains in
// the order of every vector of atoms and of every goal, and what follows from
// their order relation.
type Lattice struct {
	sources    int
	antichains []Antichain
	below      [][]int       // below[i]: the j with antichain j ≤ antichain i, itself included
	moebius    [][]float64   // atoms = moebius · redundancies
	inverse    [][]summand   // the rows of moebius without their zeros
	unions     [][]signedSet // by antichain, see signedSet
}

// signedSet is one term of the inclusion-exclusion that gives the probability
// of an antichain's event, the union over its sets a of {S_a = s_a}: the event
// of a set is counted with the sign.
type signedSet struct {
	set  SourceSet
	sign float64
}

// summand is a redundancy in the sum that is an atom.
type summand struct {
	antichain int
	factor    float64
}

// The two lattices, in the order of the authors' code. In the bivariate one
// the redundancy comes third.
var (
	Bivariate  = newLattice(2, "{1}", "{2}", "{1}{2}", "{12}")
	Trivariate = newLattice(3,
		"{1}{2}{3}", "{1}{2}", "{1}{3}", "{2}{3}", "{1}{23}", "{2}{13}", "{3}{12}", "{1}", "{2}", "{3}",
		"{12}{13}{23}", "{12}{13}", "{12}{23}", "{13}{23}", "{12}", "{13}", "{23}", "{123}")
)

// LatticeOf returns the lattice of that many sources.
func LatticeOf(sources int) (*Lattice, error) {
	switch sources {
	case 2:
		return Bivariate, nil
	case 3:
		return Trivariate, nil
	}
	return nil, fmt.Errorf("%d sources: want 2 or 3", sources)
}

func newLattice(sources int, names ...string) *Lattice {
	l := &Lattice{sources: sources}
	for _, name := range names {
		a, err := ParseAntichain(name, "123"[:sources])
		if err != nil {
			panic("pid: bad antichain in a lattice: " + err.Error())
		}
		l.antichains = append(l.antichains, a)
		l.unions = append(l.unions, a.union())
	}
	for _, a := range l.antichains {
		l.below = append(l.below, l.indicesBelow(a))
	}
	l.moebius = l.invertZeta()
	l.inverse = make([][]summand, l.Len())
	for i, row := range l.moebius {
		for j, m := range row {
			if m != 0 {
				l.inverse[i] = append(l.inverse[i], summand{j, m})
			}
		}
	}
	return l
}

// union returns the inclusion-exclusion over the antichain's events. The
// intersection of the events of two sets is the event of their union.
func (a Antichain) union() []signedSet {
	var coefficient [8]float64
	for chosen := 1; chosen < 1<<len(a); chosen++ {
		var set SourceSet
		for i := range a {
			if chosen&(1<<i) != 0 {
				set |= a[i]
			}
		}
		coefficient[set] += float64(1 - 2*(1-bits.OnesCount(uint(chosen))&1))
	}
	var terms []signedSet
	for set, c := range coefficient {
		if c != 0 {
			terms = append(terms, signedSet{SourceSet(set), c})
		}
	}
	return terms
}

func (l *Lattice) indicesBelow(a Antichain) []int {
	var below []int
	for j, b := range l.antichains {
		if b.Below(a) {
			below = append(below, j)
		}
	}
	return below
}

// invertZeta inverts redundancy_i = Σ_{j ≤ i} atom_j row by row, from the
// bottom of the lattice up: atom_i = redundancy_i - Σ_{j < i} atom_j.
func (l *Lattice) invertZeta() [][]float64 {
	order := make([]int, l.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return len(l.below[i]) - len(l.below[j]) })
	rows := make([][]float64, l.Len())
	for _, i := range order {
		rows[i] = make([]float64, l.Len())
		rows[i][i] = 1
		for _, j := range l.below[i] {
			if j == i {
				continue
			}
			for k, v := range rows[j] {
				rows[i][k] -= v
			}
		}
	}
	return rows
}

// Sources returns the number of sources, 2 or 3.
func (l *Lattice) Sources() int { return l.sources }

// Len returns the number of antichains, hence of atoms: 4 or 18.
func (l *Lattice) Len() int { return len(l.antichains) }

// Terms returns the number of information terms, the atoms and H_res: 5 or 19.
func (l *Lattice) Terms() int { return len(l.antichains) + 1 }

// Antichain returns the i-th antichain.
func (l *Lattice) Antichain(i int) Antichain { return slices.Clone(l.antichains[i]) }

// Index returns the place of an antichain, whatever the order of its sets, or
// -1 when it is none of the lattice's.
func (l *Lattice) Index(a Antichain) int {
	return slices.IndexFunc(l.antichains, func(b Antichain) bool { return a.Below(b) && b.Below(a) })
}

// Below returns the places of the antichains that stand below or at the i-th.
// The redundancy of antichain i is the sum of their atoms.
func (l *Lattice) Below(i int) []int { return slices.Clone(l.below[i]) }

// TermNames returns the names of the information terms with a letter for each
// source: with "FCL", "{F}{C}{L}", …, "H_res".
func (l *Lattice) TermNames(letters string) []string {
	names := make([]string, 0, l.Terms())
	for _, a := range l.antichains {
		names = append(names, a.Letters(letters))
	}
	return append(names, ResidualEntropy)
}

// Atoms sets dst to the atoms that belong to the redundancies, both in lattice
// order, by Moebius inversion. The two may not overlap.
func (l *Lattice) Atoms(dst, redundancies []float64) {
	for i, row := range l.inverse {
		var sum float64
		for _, s := range row {
			sum += s.factor * redundancies[s.antichain]
		}
		dst[i] = sum
	}
}

// top returns the place of the antichain {12} or {123}, whose redundancy is
// the mutual information of all sources together.
func (l *Lattice) top() int { return l.Len() - 1 }
