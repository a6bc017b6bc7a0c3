package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const minusLog2E = -1.4426950408889634

// logistic writes Logistic and what follows from it, for whole vectors.
func logistic(s isa) {
	begin(s, "logistic", "func(dst, x *float32, n int)", "is Logistic.")
	logisticBody(s, func(reg.VecVirtual) {})
	begin(s, "clampedLogistic", "func(dst, x *float32, n int)", "is ClampedLogistic.")
	margin := newClamp(s, "margin", 1e-6, 1-1e-6)
	logisticBody(s, margin.apply)
	clampedLogisticBackward(s)
}

// logisticBody is Logistic with something done to the result.
func logisticBody(s isa, then func(theta reg.VecVirtual)) {
	dst, x := argument("dst"), argument("x")
	e := newExp2(s)
	bounds := newClamp(s, "exponent", -125, 125)
	log2e := s.constant("minusLog2E", bits32(minusLog2E))
	inverse := s.inverse()
	eachVector(s, argument("n"), func(offset reg.Register) {
		t := s.vector()
		VMOVUPS(from(x, offset), t)
		VMULPS(log2e, t, t)
		bounds.apply(t)
		theta := inverse(e.onePlus(t))
		then(theta)
		VMOVUPS(theta, from(dst, offset))
	})
	end()
}

func clampedLogisticBackward(s isa) {
	begin(s, "clampedLogisticBackward", "func(dst, gradient, theta *float32, n int)", "is ClampedLogisticBackward.")
	dst, gradient, theta := argument("dst"), argument("gradient"), argument("theta")
	low := s.constant("marginLow", bits32(1e-6))
	high := s.constant("marginHigh", bits32(1-1e-6))
	eachVector(s, argument("n"), func(offset reg.Register) {
		t, slope, g := s.vector(), s.vector(), s.vector()
		VMOVUPS(from(theta, offset), t)
		VMOVUPS(from(gradient, offset), g)
		s.zeroWhere(g, lessOrEqual, t, low)
		s.zeroWhere(g, greaterOrEqual, t, high)
		bernoulliSlope(t, slope)
		VMULPS(slope, g, g)
		VMOVUPS(g, from(dst, offset))
	})
	end()
}

// bernoulliSlope sets slope to p·(1-p), rounded once.
func bernoulliSlope(p, slope operand.Op) {
	VMOVAPS(p, slope)
	VFNMADD213PS(p, p, slope)
}
