package dataset

import (
	"errors"
	"math"
	"math/big"
)

// Normalization turns a raw byte x into (x − Mean)/Std.
type Normalization struct {
	Mean float64 `json:"mean"` // of the raw bytes, 0 to 255
	Std  float64 `json:"std"`  // their standard deviation with n−1, above 0
}

// measure returns the mean and standard deviation over every pixel and channel
// of the images (notes on the authors' code: one scalar each, validation part
// included). The sums are exact integers, so the result is the same on every
// machine. It fails when the pixels do not differ, for they cannot be scaled.
func measure(im *Images) (Normalization, error) {
	var histogram [256]uint64
	for _, x := range im.Pixels {
		histogram[x]++
	}
	var n, sum, squares uint64
	for x, count := range histogram {
		n += count
		sum += uint64(x) * count
		squares += uint64(x*x) * count
	}
	if !varied(histogram) {
		return Normalization{}, errors.New("all pixels are equal, so they cannot be normalised")
	}
	// variance = (Σx² − (Σx)²/n)/(n−1) = (n·Σx² − (Σx)²)/(n·(n−1)); the
	// products pass 64 bits.
	numerator := new(big.Int).Sub(product(n, squares), product(sum, sum))
	variance, _ := new(big.Rat).SetFrac(numerator, product(n, n-1)).Float64()
	return Normalization{Mean: float64(sum) / float64(n), Std: math.Sqrt(variance)}, nil
}

func product(a, b uint64) *big.Int {
	return new(big.Int).Mul(new(big.Int).SetUint64(a), new(big.Int).SetUint64(b))
}

// varied tells whether at least two values occur.
func varied(histogram [256]uint64) bool {
	values := 0
	for _, count := range histogram {
		if count > 0 {
			values++
		}
	}
	return values > 1
}
