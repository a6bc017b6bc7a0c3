package main

import "math/bits"

// antichains are those of package pid, in its order. A source set is a number
// with a bit for each source.
var antichains = map[int][][]int{
	2: {{1}, {2}, {1, 2}, {3}},
	3: {
		{1, 2, 4}, {1, 2}, {1, 4}, {2, 4}, {1, 6}, {2, 5}, {4, 3}, {1}, {2}, {4},
		{3, 5, 6}, {3, 5}, {3, 6}, {5, 6}, {3}, {5}, {6}, {7},
	},
}

// union returns by set the sign of its mass in the mass of the union of the
// antichain's events.
func union(antichain []int) (sign [8]int) {
	for chosen := 1; chosen < 1<<len(antichain); chosen++ {
		set := 0
		for i, s := range antichain {
			if chosen&(1<<i) != 0 {
				set |= s
			}
		}
		sign[set] += 1 - 2*(1-bits.OnesCount(uint(chosen))&1)
	}
	return sign
}

func abs(x int) int { return max(x, -x) }
