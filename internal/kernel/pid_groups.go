package kernel

// Groups adds up what belongs to the cells of a neuron that agree in a set of
// sources, for each set but that of all. It holds scratch memory.
type Groups struct {
	sets  int         // 2 or 6
	place [][8]uint16 // [joint bin][set]: the place of its group
	mass  []Mass      // by group; 0 between calls
	slope []float32   // by group; 0 between calls
}

// NewGroups returns the groups of the joint bins of two or three sources, and
// whether there are at most 2^16 bins and as many groups. Joint bins are
// row-major with the last source fastest, sets in the order of PIDBlock.
func NewGroups(bins ...int) (*Groups, bool) {
	joint := groupsOf(bins, 1<<len(bins)-1)
	g := &Groups{sets: 1<<len(bins) - 2}
	first := make([]int, g.sets+2)
	for set := 1; set <= g.sets; set++ {
		first[set+1] = first[set] + groupsOf(bins, set)
	}
	groups := first[g.sets+1]
	if joint < 1 || joint > 1<<16 || groups > 1<<16 {
		return nil, false
	}
	g.place, g.mass, g.slope = make([][8]uint16, joint), make([]Mass, groups), make([]float32, groups)
	for j := range g.place {
		for set := 1; set <= g.sets; set++ {
			g.place[j][set-1] = uint16(first[set] + groupOf(bins, set, j))
		}
	}
	return g, true
}

// Bins returns the number of joint bins.
func (g *Groups) Bins() int { return len(g.place) }

// groupsOf returns how many groups there are that agree in a set.
func groupsOf(bins []int, set int) int {
	count := 1
	for source, n := range bins {
		if set&(1<<source) != 0 {
			count *= n
		}
	}
	return count
}

// groupOf returns the number of a joint bin's group among those of a set.
func groupOf(bins []int, set, joint int) int {
	group, stride := 0, 1
	for source := len(bins) - 1; source >= 0; source-- {
		if set&(1<<source) != 0 {
			group += joint % bins[source] * stride
			stride *= bins[source]
		}
		joint /= bins[source]
	}
	return group
}

// Gather fills the masses of blocks, for a neuron of t whose occupied bins are
// cells, in ascending order. It returns the sum of the cells' masses.
func (g *Groups) Gather(blocks []PIDBlock, t *Masses, neuron int, cells []uint16) Mass {
	blocks = blocksOf(blocks, len(cells))
	g.check(t, neuron, cells)
	if len(cells) == 0 {
		return 0
	}
	clearRest(&blocks[len(blocks)-1], len(cells)%Lane)
	return g.gather(blocks, t, neuron, cells)
}

// Spread sets the low half of the words of cells to scale times the cell's
// slope as float32: common, its own, and those of all cells of its groups.
func (g *Groups) Spread(t *Masses, neuron int, cells []uint16, blocks []PIDBlock, common, scale float32) {
	blocks = blocksOf(blocks, len(cells))
	g.check(t, neuron, cells)
	if len(cells) > 0 {
		g.spread(t, neuron, cells, blocks, common, scale)
	}
}

func (g *Groups) check(t *Masses, neuron int, cells []uint16) {
	if neuron < 0 || neuron >= Columns || len(t.Table) != len(g.place)*Columns {
		panic("kernel: groups of other bins, or no such neuron")
	}
	if n := len(cells); n > 0 && int(cells[n-1]) >= len(g.place) {
		panic("kernel: a cell that is no joint bin")
	}
}

// clearRest empties the places of a block from first on; 0 means that all are
// used.
func clearRest(b *PIDBlock, first int) {
	if first == 0 {
		return
	}
	for set := range b.Mass {
		clear(b.Mass[set][first:])
	}
}
