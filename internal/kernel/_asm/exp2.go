package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// exp2 computes powers of two. With f = t - n, n being the integer nearest to
// t, 2^f is 1 + f·q(f), where q is the minimax polynomial of degree 4 for the
// relative error over [-1/2, 1/2]: 1.1e-7.
type exp2 struct {
	s          isa
	magic, one operand.Op
	q          [5]operand.Op // from the constant term up
}

func newExp2(s isa) exp2 {
	return exp2{s,
		// Adding this to a small number rounds it to an integer, and leaves
		// 127 more than that, the biased exponent, in the lowest bits.
		s.constant("magic", bits32(1.5*(1<<23)+127)),
		s.constant("one", bits32(1)),
		[5]operand.Op{
			s.constant("exp0", bits32(0.6931470036506653)),
			s.constant("exp1", bits32(0.24022242426872253)),
			s.constant("exp2", bits32(0.05550733581185341)),
			s.constant("exp3", bits32(0.009671512991189957)),
			s.constant("exp4", bits32(0.001326472614891827)),
		}}
}

// onePlus returns 1 + 2^t for t in [-126, 127], which it overwrites. NaN stays
// NaN.
func (e exp2) onePlus(t reg.VecVirtual) reg.VecVirtual {
	power, p := e.s.vector(), e.s.vector()
	VADDPS(e.magic, t, power)
	VSUBPS(e.magic, power, p)
	VSUBPS(p, t, t)
	VPSLLD(operand.Imm(23), power, power)
	VMOVUPS(e.q[4], p)
	for i := 3; i >= 0; i-- {
		VFMADD213PS(e.q[i], t, p)
	}
	VFMADD213PS(e.one, t, p)
	VFMADD213PS(e.one, power, p)
	return p
}

// clamp is a range. NaN stays NaN.
type clamp struct{ low, high reg.VecVirtual }

func newClamp(s isa, name string, low, high float32) clamp {
	return clamp{register(s, name+"Low", bits32(low)), register(s, name+"High", bits32(high))}
}

func (c clamp) apply(t reg.VecVirtual) {
	VMINPS(t, c.high, t)
	VMAXPS(t, c.low, t)
}
