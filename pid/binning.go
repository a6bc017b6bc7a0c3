package pid

import (
	"fmt"
	"math"
)

// Float is the precision of fields, probabilities and gradients. Information
// is always computed in float64.
type Float interface{ float32 | float64 }

// lowerMargin is how far inside the lowest edge smaller values are moved.
const lowerMargin = 1e-4

// maxBins is the largest number of bins of one source.
const maxBins = 256

// Binning cuts the values of one source into equally wide bins (paper,
// appendix A.6). A bin is open on the left and closed on the right, so a value
// on an inner edge belongs to the lower bin; values out of range belong to the
// first and the last bin, NaN to the first.
type Binning struct {
	Bins int
	// Low and High bound the range of a fixed binning.
	Low, High float64
	// Adaptive bins each batch of values divided by their largest absolute
	// value, over [-1, 1]. If all values are 0, they stay 0.
	Adaptive bool
}

// FixedBinning cuts [low, high].
func FixedBinning(bins int, low, high float64) Binning {
	return Binning{Bins: bins, Low: low, High: high}
}

// AdaptiveBinning cuts the range of the batch, symmetric about 0.
func AdaptiveBinning(bins int) Binning {
	return Binning{Bins: bins, Low: -1, High: 1, Adaptive: true}
}

// Validate tells whether there are 1 to 256 bins over a non-empty range.
func (b Binning) Validate() error {
	if b.Bins < 1 || b.Bins > maxBins {
		return fmt.Errorf("bins %d: want 1 to %d", b.Bins, maxBins)
	}
	if !(b.Low < b.High) || math.IsInf(b.High-b.Low, 0) {
		return fmt.Errorf("binning range [%g, %g]: want a finite range with its lower end below the upper", b.Low, b.High)
	}
	return nil
}

// Edges returns the Bins+1 edges in ascending order. They are those of the
// vectorised torch.linspace that the authors used, which adds the offset
// within a block of four last and counts down from High in the upper half: the
// last digit matters for values on an edge.
func (b Binning) Edges() []float64 {
	const block = 4
	n := b.Bins + 1
	step := (b.High - b.Low) / float64(b.Bins)
	edges := make([]float64, n)
	for i := range edges {
		first := i - i%block
		base := b.Low + float64(step*float64(first))
		if first >= n/2 {
			base = b.High - float64(step*float64(n-1-first))
		}
		edges[i] = base + float64(step*float64(i-first))
	}
	return edges
}

// Binner assigns values to the bins of a Binning. It is not changed by use.
type Binner[T Float] struct {
	binning Binning
	edges   []float64
	scale   float64 // bins per unit
}

// NewBinner returns a Binner, or the error of Validate.
func NewBinner[T Float](b Binning) (*Binner[T], error) {
	if err := b.Validate(); err != nil {
		return nil, err
	}
	return &Binner[T]{b, b.Edges(), float64(b.Bins) / (b.High - b.Low)}, nil
}

// Assign sets dst[i] to the bin of values[i]. Values are compared with the
// float64 edges in float64; the division of adaptive bins is done in T.
func (b *Binner[T]) Assign(dst []uint8, values []T) {
	largest := T(1)
	if b.binning.Adaptive {
		if m := maxAbs(values); m > 0 {
			largest = m
		}
	}
	for i, v := range values {
		dst[i] = b.bin(float64(v / largest))
	}
}

// bin guesses the bin by its width and corrects the guess by the edges.
func (b *Binner[T]) bin(v float64) uint8 {
	last := b.binning.Bins - 1
	if lowest := b.edges[0] + lowerMargin; !(v > lowest) {
		v = lowest
	}
	if v >= b.edges[last+1] {
		return uint8(last)
	}
	i := min(int((v-b.edges[0])*b.scale), last)
	for i > 0 && v <= b.edges[i] {
		i--
	}
	for i < last && v > b.edges[i+1] {
		i++
	}
	return uint8(i)
}

func maxAbs[T Float](values []T) T {
	var largest T
	for _, v := range values {
		largest = max(largest, v, -v)
	}
	return largest
}
