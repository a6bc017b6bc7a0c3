package kernel

import "math"

// Log2 sets dst to log₂ x, with an error of at most 1e-7·max(1, |log₂ x|).
// Numbers below 2^-126, and NaN, count as 2^-126; +Inf gives 128. dst may be
// x, but may not overlap it otherwise.
func Log2(dst, x []float32) {
	if len(dst) != len(x) {
		panic("kernel: Log2 of slices of unequal length")
	}
	if len(dst) > 0 {
		log2All(dst, x)
	}
}

const (
	smallestNormal = 0x1p-126
	sqrtHalfBits   = 0x3f3504f3 // of √½ as float32
	mantissaBits   = 23
)

// log2Factors is the polynomial P of log₂(1+t) = t·P(t) for √½ ≤ 1+t < √2,
// highest power first: the minimax fit, which is 8e-9 off at most.
var log2Factors = [...]float32{
	0.11922673881053925, -0.2081906795501709, 0.2187425196170807, -0.2389036864042282, 0.28754591941833496,
	-0.3607001304626465, 0.4809263050556183, -0.721347451210022, 1.4426947832107544,
}

// log2Generic is Log2 in plain Go.
func log2Generic(dst, x []float32) {
	for i, v := range x {
		if !(v > smallestNormal) {
			v = smallestNormal
		}
		dst[i] = log2(v)
	}
}

// log2 is log₂ of a normal positive number v = 2^exponent·(1+t).
func log2(v float32) float32 {
	bits := int32(math.Float32bits(v))
	exponent := (bits - sqrtHalfBits) >> mantissaBits
	t := math.Float32frombits(uint32(bits-exponent<<mantissaBits)) - 1
	p := log2Factors[0]
	for _, factor := range log2Factors[1:] {
		p = p*t + factor
	}
	return p*t + float32(exponent)
}
