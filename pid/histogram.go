package pid

// histogram holds the joint masses of one neuron's binned sources and its
// output. Only occupied cells, joint bins with at least one sample, are kept:
// a few dozen of 8,000.
type histogram struct {
	stride [8][3]int32 // by source set and source: how far one bin moves the number of a group
	table  []int32     // by joint bin: 1 + its cell; 0 while it has none
	cell   []int32     // by sample: its cell
	joint  []int32     // by cell: its joint bin
	mass   [2][]float64
	sets   agreement
}

func newHistogram(bins []int) histogram {
	var h histogram
	cells := 1
	for _, n := range bins {
		cells *= n
	}
	for set := 1; set < 1<<len(bins); set++ {
		stride := int32(1)
		for source := len(bins) - 1; source >= 0; source-- {
			if set&(1<<source) != 0 {
				h.stride[set][source] = stride
				stride *= int32(bins[source])
			}
		}
	}
	h.table = make([]int32, cells)
	h.sets.sum = make([]float64, cells)
	return h
}

// cells returns the number of occupied cells.
func (h *histogram) cells() int { return len(h.joint) }

// fill counts a batch: sample b adds θ_b/B to the mass of y = +1 and
// (1-θ_b)/B to that of y = -1, in the cell of bins[source][b]. The cells are
// numbered in order of appearance.
func fill[T Float](h *histogram, theta []T, bins [][]uint8) {
	h.reset(len(bins))
	all := h.stride[1<<len(bins)-1]
	for b, t := range theta {
		var joint int32
		for source := range bins {
			joint += all[source] * int32(bins[source][b])
		}
		if h.table[joint] == 0 {
			h.addCell(joint, bins, b)
		}
		k := h.table[joint] - 1
		h.cell = append(h.cell, k)
		h.mass[0][k] += 1 - float64(t)
		h.mass[1][k] += float64(t)
	}
	for y := range h.mass {
		for k := range h.mass[y] {
			h.mass[y][k] /= float64(len(theta))
		}
	}
}

// addCell opens the cell of sample b, and puts it in its groups.
func (h *histogram) addCell(joint int32, bins [][]uint8, b int) {
	h.joint = append(h.joint, joint)
	h.table[joint] = int32(len(h.joint))
	h.mass[0] = append(h.mass[0], 0)
	h.mass[1] = append(h.mass[1], 0)
	for set := 1; set < 1<<len(bins); set++ {
		var group int32
		for source := range bins {
			group += h.stride[set][source] * int32(bins[source][b])
		}
		h.sets.group[set] = append(h.sets.group[set], group)
	}
}

func (h *histogram) reset(sources int) {
	for _, joint := range h.joint {
		h.table[joint] = 0
	}
	h.cell, h.joint = h.cell[:0], h.joint[:0]
	h.mass[0], h.mass[1] = h.mass[0][:0], h.mass[1][:0]
	for set := 1; set < 1<<sources; set++ {
		h.sets.group[set] = h.sets.group[set][:0]
	}
}
