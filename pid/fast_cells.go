package pid

import (
	"math"
	"math/bits"

	"github.com/goal-search/goal-search/internal/kernel"
)

// groupCount returns how many groups of joint bins there are that agree in a
// source or in a pair of sources.
func groupCount(bins []int) int {
	count := 0
	for set := 1; set < 1<<len(bins)-1; set++ {
		count += groupsOf(bins, set)
	}
	return count
}

// groupsOf returns how many groups there are that agree in that set.
func groupsOf(bins []int, set int) int {
	count := 1
	for source, n := range bins {
		if set&(1<<source) != 0 {
			count *= n
		}
	}
	return count
}

// groupPlaces returns by joint bin the numbers of its groups, one for each set
// of sources but that of all.
func groupPlaces(bins []int, joint int) [][]uint16 {
	sets := 1<<len(bins) - 2
	all := make([]uint16, joint*sets)
	places := make([][]uint16, joint)
	for j := range places {
		places[j] = all[j*sets:][:sets:sets]
		first := 0
		for set := 1; set <= sets; set++ {
			places[j][set-1] = uint16(first + groupOf(bins, set, j))
			first += groupsOf(bins, set)
		}
	}
	return places
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

// listCells sets cells to the occupied bins of each neuron and clears their
// marks. The order is that of the bins, whatever the order of the samples.
func (e *FastEstimator) listCells() {
	for n := range e.cells {
		e.cells[n] = e.cells[n][:0]
	}
	for i, marks := range e.masses.Occupied {
		if marks == 0 {
			continue
		}
		e.masses.Occupied[i] = 0
		for ; marks != 0; marks &= marks - 1 {
			place := 64*i + bits.TrailingZeros64(marks)
			n := place % kernel.Columns
			e.cells[n] = append(e.cells[n], uint16(place/kernel.Columns))
		}
	}
}

// clear empties the histograms.
func (e *FastEstimator) clear(neurons int) {
	for n := range neurons {
		for _, joint := range e.cells[n] {
			*e.word(joint, n) = 0
		}
	}
}

func (e *FastEstimator) word(joint uint16, n int) *kernel.Mass {
	return &e.masses.Table[int(joint)*kernel.Columns+n]
}

// load sets the blocks to a neuron's cells, with the mass of each cell's
// groups, and returns the sum of the masses.
func (e *FastEstimator) load(n int) (blocks []kernel.PIDBlock, total kernel.Mass) {
	cells := e.cells[n]
	blocks = e.blocks[:(len(cells)+kernel.Lane-1)/kernel.Lane]
	clearLast(blocks, len(cells))
	for k, joint := range cells {
		mass := *e.word(joint, n)
		total += mass
		blocks[k/kernel.Lane].Mass[e.proper][k%kernel.Lane] = mass
		for _, place := range e.places[joint] {
			e.sums[place] += mass
			e.slopes[place] = 0
		}
	}
	for k, joint := range cells {
		b := &blocks[k/kernel.Lane]
		for set, place := range e.places[joint] {
			b.Mass[set][k%kernel.Lane] = e.sums[place]
		}
	}
	for _, joint := range cells {
		for _, place := range e.places[joint] {
			e.sums[place] = 0
		}
	}
	return blocks, total
}

// clearLast empties the places of the last block that no cell will use.
func clearLast(blocks []kernel.PIDBlock, cells int) {
	if cells%kernel.Lane == 0 {
		return
	}
	b := &blocks[len(blocks)-1]
	for set := range b.Mass {
		clear(b.Mass[set][cells%kernel.Lane:])
	}
}

// invalidate makes all results of a neuron NaN.
func (e *FastEstimator) invalidate(n int, terms []float64) {
	for i := range terms {
		terms[i] = math.NaN()
	}
	for _, joint := range e.cells[n] {
		*e.word(joint, n) = kernel.Mass(math.Float32bits(float32(math.NaN())))
	}
}
