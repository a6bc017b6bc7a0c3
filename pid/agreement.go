package pid

// agreement tells which cells agree: cells are joint values of the sources,
// and group[set][k] is equal for two cells if and only if they have the same
// value in every source of the set. The empty set is not used.
type agreement struct {
	group [8][]int32
	sum   []float64 // scratch, by group
}

// spread sets dst[k] to the mass of all cells that agree with cell k in the
// sources of the set. As a matrix it is symmetric, so it is its own adjoint.
func (a *agreement) spread(dst, mass []float64, set SourceSet) {
	group := a.group[set]
	for _, g := range group {
		a.sum[g] = 0
	}
	for k, g := range group {
		a.sum[g] += mass[k]
	}
	for k, g := range group {
		dst[k] = a.sum[g]
	}
}

// unionMass sets dst[k] to the mass of an antichain's event seen from cell k,
// that is of all cells which agree with cell k in at least one of its sets.
// spreads holds the mass by set, as spread gives it. Every term is at most
// the result, so nothing cancels.
func unionMass(dst []float64, union []signedSet, spreads *[8][]float64) {
	for k := range dst {
		dst[k] = 0
	}
	for _, term := range union {
		for k, mass := range spreads[term.set][:len(dst)] {
			dst[k] += term.sign * mass
		}
	}
}
