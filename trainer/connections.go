package trainer

import (
	"math/rand/v2"
	"slices"
)

// drawConnections draws which inputs each neuron of a layer reaches among the
// layer's other neurons: count of them, all sets alike, in ascending order. It
// returns [neurons][count].
func drawConnections(random *rand.Rand, neurons, count int) []int32 {
	drawn := make([]int32, 0, neurons*count)
	others := make([]int32, neurons-1)
	for n := range int32(neurons) {
		for i := range others {
			others[i] = int32(i)
			if others[i] >= n {
				others[i]++
			}
		}
		for i := range count { // the first steps of a shuffle
			j := i + random.IntN(len(others)-i)
			others[i], others[j] = others[j], others[i]
		}
		slices.Sort(others[:count])
		drawn = append(drawn, others[:count]...)
	}
	return drawn
}
