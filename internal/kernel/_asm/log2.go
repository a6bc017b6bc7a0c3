package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// log2Factors are those of the generic log2, highest power first.
var log2Factors = []float32{
	0.11922673881053925, -0.2081906795501709, 0.2187425196170807, -0.2389036864042282, 0.28754591941833496,
	-0.3607001304626465, 0.4809263050556183, -0.721347451210022, 1.4426947832107544,
}

const (
	sqrtHalfBits   = 0x3f3504f3
	smallestNormal = 0x1p-126
	mantissaBits   = 23
)

// log2All writes log2AVX512 and log2AVX2, which take whole vectors.
func log2All(s isa) {
	begin(s, "log2", "func(dst, x *float32, n int)", "is Log2 for n > 0 floats, a multiple of 16.")
	dst, x := argument("dst"), argument("x")
	smallest := register(s, "smallest_normal", bits32(smallestNormal))
	eachVector(s, argument("n"), func(offset reg.Register) {
		v := s.vector()
		VMOVUPS(from(x, offset), v)
		VMAXPS(smallest, v, v) // of a NaN, the maximum is the smallest
		VMOVUPS(log2(s, v), from(dst, offset))
	})
	end()
}

// log2 is log₂ of normal positive numbers x = 2^exponent·(1+t), with √½ ≤ 1+t
// < √2. It overwrites x.
func log2(s isa, x reg.VecVirtual) reg.VecVirtual {
	exponent, shifted, p := s.vector(), s.vector(), s.vector()
	withConstant(s, VPSUBD, VPSUBD_BCST, symbol("sqrt_half", sqrtHalfBits), x, exponent)
	VPSRAD(operand.Imm(mantissaBits), exponent, exponent)
	VPSLLD(operand.Imm(mantissaBits), exponent, shifted)
	VPSUBD(shifted, x, x)
	withConstant(s, VSUBPS, VSUBPS_BCST, symbol("one", bits32(1)), x, x)
	VCVTDQ2PS(exponent, exponent)
	for i, factor := range log2Factors {
		factor := symbol(fmt.Sprint("log2_", i), bits32(factor))
		if i == 0 {
			VBROADCASTSS(factor, p)
			continue
		}
		withConstant(s, VFMADD213PS, VFMADD213PS_BCST, factor, x, p)
	}
	VFMADD213PS(exponent, x, p)
	return p
}
