package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// adam writes Adam for whole vectors. The parameters are the decay, 1-β1,
// 1-β2, the rate and ε, both with the correction.
func adam(s isa) {
	begin(s, "adam", "func(value, gradient, mean, square *float32, n int, k *float32)", "is Adam.")
	value, gradient := argument("value"), argument("gradient")
	mean, square, k := argument("mean"), argument("square"), argument("k")
	decay, rate1, rate2 := s.parameter(k, 0), s.parameter(k, 1), s.parameter(k, 2)
	rate, epsilon := s.parameter(k, 3), s.parameter(k, 4)
	eachVector(s, argument("n"), func(offset reg.Register) {
		x, g, m, q, t := s.vector(), s.vector(), s.vector(), s.vector(), s.vector()
		VMOVUPS(from(value, offset), x)
		VMOVUPS(from(gradient, offset), g)
		VMOVUPS(from(mean, offset), m)
		VMOVUPS(from(square, offset), q)
		VFMADD231PS(decay, x, g)
		VSUBPS(m, g, t)
		VFMADD231PS(rate1, t, m)
		VFMSUB213PS(q, g, g) // g² - q
		VFMADD231PS(rate2, g, q)
		VMOVUPS(m, from(mean, offset))
		VMOVUPS(q, from(square, offset))
		VSQRTPS(q, q)
		VADDPS(epsilon, q, q)
		VMULPS(rate, m, m)
		VDIVPS(q, m, m)
		VSUBPS(m, x, x)
		VMOVUPS(x, from(value, offset))
	})
	end()
}
