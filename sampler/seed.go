package sampler

import "math/rand/v2"

// stream tells apart the random numbers that one study draws for different
// purposes.
type stream uint64

const (
	streamRandom  stream = iota + 1 // points drawn uniformly
	streamCMAES                     // normal draws of one CMA-ES suggestion
	streamRestart                   // where a restarted CMA-ES begins
	streamTPE                       // candidates of one TPE suggestion
)

// deriveSeed mixes the study's seed, a number and a stream, so that near
// inputs (seeds 0 and 1, consecutive numbers) share nothing.
func deriveSeed(seed uint64, number int, s stream) uint64 {
	h := splitMix64(seed)
	h = splitMix64(h ^ uint64(number))
	return splitMix64(h ^ uint64(s))
}

// splitMix64 is one step of the generator of Steele, Lea and Flood (2014), a
// bijection in which every input bit changes about half of the output bits.
func splitMix64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// newRand returns the generator of one suggestion.
func newRand(seed uint64, number int, s stream) *rand.Rand {
	h := deriveSeed(seed, number, s)
	return rand.New(rand.NewPCG(h, splitMix64(h)))
}

// goptunaSeed is deriveSeed for goptuna. Its generator tells 2^31-1 seeds
// apart, so once in so many pairs two suggestions from one history coincide.
func goptunaSeed(seed uint64, number int, s stream) int64 {
	return int64(deriveSeed(seed, number, s) >> 1)
}
