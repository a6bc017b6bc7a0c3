package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// withConstant emits an instruction with a constant as its first operand.
func withConstant(s isa, plain, broadcast func(ops ...operand.Op), c operand.Op, rest ...operand.Op) {
	if s.bytes() == 64 {
		broadcast(append([]operand.Op{c}, rest...)...)
		return
	}
	plain(append([]operand.Op{c}, rest...)...)
}

// condition is a mask register of where it holds, or a vector that is all ones
// where it does not: so that the numbers to take there can be in memory.
type condition struct {
	k     reg.OpmaskVirtual
	fails reg.VecVirtual
}

// atLeast tells where x ≥ c.
func atLeast(s isa, x reg.VecVirtual, c operand.Op) condition {
	if s.bytes() == 64 {
		k := K()
		VCMPPS_BCST(greaterOrEqual, c, x, k)
		return condition{k: k}
	}
	fails := s.vector()
	VCMPPS(lessThan, c, x, fails)
	return condition{fails: fails}
}

// orZero is x where the condition holds, else 0.
func (c condition) orZero(s isa, x operand.Op) reg.VecVirtual {
	dst := s.vector()
	if s.bytes() == 64 {
		VMOVAPS_Z(x, c.k, dst)
	} else {
		VANDNPS(x, c.fails, dst)
	}
	return dst
}

// orOne sets x to 1 where the condition does not hold.
func (c condition) orOne(s isa, x reg.VecVirtual, one operand.Op) {
	if s.bytes() == 64 {
		VBLENDMPS(x, one, c.k, x)
	} else {
		VBLENDVPS(c.fails, one, x, x)
	}
}

// toFloat rounds whole numbers below 2^52, in two vectors, to floats. It
// overwrites them.
func toFloat(s isa, x [2]reg.VecVirtual) reg.VecVirtual {
	if s.bytes() == 64 {
		for _, v := range x {
			VCVTQQ2PS(v, v.AsY())
		}
		VINSERTF64X4(operand.Imm(1), x[1].AsY(), x[0], x[0])
		return x[0]
	}
	two52 := long("two52", math.Float64bits(0x1p52))
	for _, v := range x {
		VPOR(two52, v, v)
		VSUBPD(two52, v, v)
		VCVTPD2PSY(v, v.AsX())
	}
	VINSERTF128(operand.Imm(1), x[1].AsX(), x[0], x[0])
	return x[0]
}

// long is a 64-bit constant in memory, in every lane of the widest AVX2 vector.
func long(name string, bits uint64) operand.Mem {
	m, ok := symbols[name]
	if !ok {
		m = GLOBL(name, RODATA|NOPTR)
		for i := range 4 {
			DATA(8*i, operand.U64(bits))
		}
		symbols[name] = m
	}
	return m
}

// broadcast is a new register with the float at m in every lane.
func broadcast(s isa, m operand.Mem) reg.VecVirtual {
	v := s.vector()
	VBROADCASTSS(m, v)
	return v
}
