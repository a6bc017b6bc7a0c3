package kernel

import (
	"math"
	"math/bits"
)

//go:generate go -C _asm run . -out ../pid_amd64.s -stubs ../pid_stub_amd64.go -pkg kernel pid

// MaxPIDBatch is the largest number of samples whose masses PIDScale can hold.
const MaxPIDBatch = 1<<16 - 1

// Mass is a number of samples and the sum of their θ in one word, in fixed
// point. Adding words adds both exactly, so sums do not depend on the order.
type Mass = uint64

// PIDScale says how a Mass is divided: the lower Count bits hold Σθ in units of
// 2^-Fraction, the bits above the number of samples.
type PIDScale struct {
	Count, Fraction uint64
}

// NewPIDScale returns the finest scale for batches of at most that many
// samples, up to MaxPIDBatch. Below 4096 samples, its unit is 2^-40.
func NewPIDScale(samples int) PIDScale {
	if samples < 0 || samples > MaxPIDBatch {
		panic("kernel: a batch of more than MaxPIDBatch samples")
	}
	n := uint64(max(bits.Len(uint(samples)), 12))
	return PIDScale{Count: 64 - n, Fraction: 64 - 2*n}
}

// Mass returns the mass of one sample. θ below 0 counts as 0, as NaN does, and
// θ above 1 counts as 1.
func (s PIDScale) Mass(theta float32) Mass {
	t := 0.
	if theta > 0 {
		t = min(float64(theta), 1)
	}
	return 1<<s.Count + Mass(math.RoundToEven(t*float64(uint64(1)<<s.Fraction)))
}

// Split returns the number of samples, Σθ and Σ(1-θ), all in units of
// 2^-Fraction.
func (s PIDScale) Split(m Mass) (samples, firing, silent uint64) {
	samples = m >> s.Count << s.Fraction
	firing = m & (1<<s.Count - 1)
	return samples, firing, samples - firing
}

// PIDBlock holds what belongs to 16 occupied cells of one neuron's histogram.
// The rows are source sets a, in the order of the bits of their sources: {1},
// {2}, {12}, and for three sources also {3}, {13}, {23}, {123}.
type PIDBlock struct {
	// Mass is the mass of all cells that agree with the cell in the sources
	// of a. In places without a cell it is 0.
	Mass [7][Lane]Mass
	// Slope is dG/dq(+) - dG/dq(-) as far as it comes through the mass of a;
	// the row of all sources also holds what comes through the cell itself.
	Slope [7][Lane]float32
}

// PIDGoal is what a block's cells have in common.
type PIDGoal struct {
	Scale PIDScale
	// Firing and Silent are p(+) and p(-).
	Firing, Silent float32
	// Epsilon is added to expected masses. It is in units of the scale.
	Epsilon float32
	// Weight is the weight of each redundancy, WeightNats the same by ln 2.
	Weight, WeightNats [18]float32
}

// PIDSums is what a neuron's cells add up to, in float64.
type PIDSums struct {
	lanes [19][Lane]float32 // the sums below, by the cell's place in its block
	backs [18][Lane]float32 // scratch of the assembly

	// Redundancy is I_α in bits, times the number of samples and 2^Fraction.
	Redundancy [18]float64
	// Expected is Σ_α w_α/ln 2 · (M_α(+) - M_α(-)), times the same, where M is
	// the sum that the derivative by p(y) leaves, see pid.Estimator.
	Expected float64
}

// PIDTwo and PIDThree compute the redundancies of two and three sources and
// the slopes of a goal made of them, for a neuron with that many cells in
// blocks. Redundancies, weights and signs are in the order of pid.Bivariate
// and pid.Trivariate.
//
// Masses of unions are added as integers, hence exactly. The rest is float32,
// but for the sums of 16 partial sums.
func PIDTwo(blocks []PIDBlock, cells int, goal *PIDGoal, sums *PIDSums) {
	sums.pid(blocks, cells, goal, pidTwo)
}

// PIDThree is PIDTwo for three sources.
func PIDThree(blocks []PIDBlock, cells int, goal *PIDGoal, sums *PIDSums) {
	sums.pid(blocks, cells, goal, pidThree)
}

// pid serves a number of blocks at a time, so that sums of float32 stay short.
func (s *PIDSums) pid(blocks []PIDBlock, cells int, goal *PIDGoal, kernel func([]PIDBlock, int, *PIDGoal, *PIDSums)) {
	const most = 16
	s.Redundancy, s.Expected = [18]float64{}, 0
	for blocks = blocksOf(blocks, cells); len(blocks) > 0; cells -= most * Lane {
		n := min(len(blocks), most)
		clear(s.lanes[:])
		kernel(blocks[:n], min(cells, n*Lane), goal, s)
		s.addLanes()
		blocks = blocks[n:]
	}
}

// blocksOf returns the blocks that hold that many cells.
func blocksOf(blocks []PIDBlock, cells int) []PIDBlock {
	return blocks[:(cells+Lane-1)/Lane]
}

// addLanesGeneric adds the sums of all places, in order.
func (s *PIDSums) addLanesGeneric() {
	for i := range s.lanes {
		var sum float64
		for _, v := range s.lanes[i] {
			sum += float64(v)
		}
		if i < len(s.Redundancy) {
			s.Redundancy[i] += sum
		} else {
			s.Expected += sum
		}
	}
}
