package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// sample writes Sample for n floats, with the halves of its key.
func sample(s isa) {
	begin(s, "sample", "func(fired *uint16, theta *float32, n int, low, high, first uint32)", "is Sample.")
	fired, theta := argument("fired"), argument("theta")
	lanes := s.bytes() / 4
	broadcast := func(name string) reg.VecVirtual {
		v := s.vector()
		VBROADCASTSS(argumentInMemory(name), v)
		return v
	}
	counter := broadcast("first")
	VPADDD(lane(), counter, counter)
	step := register(s, s.name()+"lanes", uint32(lanes))
	low, high := broadcast("low"), broadcast("high")
	m0, m1 := s.constant("multiplier0", 0x7feb352d), s.constant("multiplier1", 0x846ca68b)
	m2, m3 := s.constant("multiplier2", 0xed5ad4bb), s.constant("multiplier3", 0xac4c1b51)
	unit := s.constant("unit", bits32(0x1p-24))
	eachVector(s, argument("n"), func(offset reg.Register) {
		h, t := s.vector(), s.vector()
		fold := func(shift uint64) {
			VPSRLD(operand.Imm(shift), h, t)
			s.xor(t, h, h)
		}
		s.xor(low, counter, h)
		VPADDD(step, counter, counter)
		fold(16)
		VPMULLD(m0, h, h)
		fold(15)
		VPMULLD(m1, h, h)
		fold(16)
		VPADDD(high, h, h)
		fold(17)
		VPMULLD(m2, h, h)
		fold(11)
		VPMULLD(m3, h, h)
		fold(15)
		VPSRLD(operand.Imm(8), h, h)
		VCVTDQ2PS(h, h)
		VMULPS(unit, h, h)
		s.storeLess(h, from(theta, offset), operand.Mem{Base: fired})
		ADDQ(operand.Imm(uint64(lanes/8)), fired)
	})
	end()
}

// lane is the number of each lane.
func lane() operand.Mem {
	m, ok := symbols["lane"]
	if !ok {
		m = GLOBL("lane", RODATA|NOPTR)
		for i := range 16 {
			DATA(4*i, operand.U32(i))
		}
		symbols["lane"] = m
	}
	return m
}
