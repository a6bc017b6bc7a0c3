package trainer

import "github.com/goal-search/goal-search/internal/kernel"

// drawer decides the outputs of a layer's neurons.
type drawer interface {
	// draw sets the bits of the neurons that fire: each with probability
	// theta. first is the place of theta in the layer's rows.
	draw(fired []uint16, theta []float32, presentation, first int)
}

// randomDrawer draws from a random stream for each key and presentation.
type randomDrawer struct{ key uint64 }

func (d randomDrawer) draw(fired []uint16, theta []float32, presentation, first int) {
	kernel.Sample(fired, theta, mix(d.key, uint64(presentation)), uint32(first))
}

// The purposes of random streams, so that no two share one.
const (
	purposeWeights = iota + 1
	purposeTraining
	purposeValidation
	purposeTest
)

// mix returns a well-mixed number that depends on all of its arguments and
// their order (SplitMix64, Steele, Lea and Flood 2014).
func mix(parts ...uint64) uint64 {
	var h uint64
	for _, p := range parts {
		h += p + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}
