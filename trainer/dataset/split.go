package dataset

import (
	"math"
	"math/rand/v2"
)

// Stream names a purpose for which random numbers are drawn. Numbers drawn
// for different streams have nothing in common, whatever the seed.
type Stream uint64

// The streams of this package. The values are part of the recorded meaning of
// a seed: they never change.
const (
	SplitStream      Stream = 1 // which images validate
	TrainStream      Stream = 2 // the order of the training images in an epoch
	ValidationStream Stream = 3 // the order of the validation images in an epoch
	TestStream       Stream = 4 // the order of the test images

	digitsTrainStream Stream = 16
	digitsTestStream  Stream = 17
)

// Split divides the images 0 to n−1 by a random permutation that depends on
// the seed: the last ceil(fraction·n) of it validate, the others train. The
// classes are not balanced. A fraction of 0 or less leaves no validation part,
// 1 or more no training part; NaN counts as 0.
func Split(n int, fraction float64, seed uint64) (train, validation []int32) {
	held := 0
	if fraction > 0 { // not NaN either
		held = int(math.Ceil(min(1, fraction) * float64(n)))
	}
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	permute(order, seed, SplitStream, 0)
	return order[: n-held : n-held], order[n-held:]
}

// Shuffle writes the images of order to dst in the order in which the epoch
// presents them. It depends only on order, seed, stream and epoch, so that
// resuming at an epoch needs nothing else; order itself must stay as Split gave
// it. It panics when the lengths differ.
func Shuffle(dst, order []int32, seed uint64, stream Stream, epoch int) {
	if len(dst) != len(order) {
		panic("dataset: Shuffle with different lengths")
	}
	copy(dst, order)
	permute(dst, seed, stream, uint64(epoch))
}

// permute shuffles order in place (Fisher–Yates).
func permute(order []int32, seed uint64, stream Stream, index uint64) {
	var pcg rand.PCG
	seedPCG(&pcg, seed, stream, index)
	rng := rand.New(&pcg)
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
}

// seedPCG sets pcg to the beginning of the sequence (seed, stream, index). PCG
// takes its 128 bits of state as they are and neighbouring states give related
// sequences, so the three are mixed first.
func seedPCG(pcg *rand.PCG, seed uint64, stream Stream, index uint64) {
	a := mix(seed)
	b := mix(a ^ mix(uint64(stream)))
	c := mix(b ^ mix(index))
	pcg.Seed(c, mix(c^a))
}

// mix is the step and output function of SplitMix64 (Steele, Lea and Flood
// 2014), a bijection in which every input bit touches every output bit.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
