package trainer

import (
	"math/rand/v2"

	"github.com/goal-search/goal-search/pid"
)

// drawer decides the outputs of a layer's neurons.
type drawer[T pid.Float] interface {
	// draw sets dst to +1 with probability theta and to -1 otherwise, by
	// sample, for one neuron at one presentation. It is called for many
	// neurons at once.
	draw(dst, theta []T, presentation, neuron int)
}

// randomDrawer draws from a random stream for each seed, batch, presentation
// and neuron, so that the outputs depend on neither the order of the calls nor
// what came before.
type randomDrawer[T pid.Float] struct {
	seed, batch uint64
}

func (d randomDrawer[T]) draw(dst, theta []T, presentation, neuron int) {
	stream := rand.NewPCG(d.seed, mix(d.batch, uint64(presentation), uint64(neuron)))
	for b, t := range theta {
		u := float64(stream.Uint64()>>11) * 0x1p-53
		dst[b] = -1
		if u < float64(t) {
			dst[b] = 1
		}
	}
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
