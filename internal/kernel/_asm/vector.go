package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanes is kernel.Lane.
const lanes = 16

// vector writes Dot and Axpy for multiples of lanes.
func vector(s isa) {
	dot(s)
	axpy(s)
}

func dot(s isa) {
	begin(s, "dot", "func(a, b *float32, n int) float32", "is Dot.")
	a, b, n := argument("a"), argument("b"), argument("n")
	sum := make([]reg.VecVirtual, 4*4*lanes/s.bytes())
	for i := range sum {
		sum[i] = s.vector()
		s.xor(sum[i], sum[i], sum[i])
	}
	step := func(floats int) {
		for i := range 4 * floats / s.bytes() {
			v := s.vector()
			VMOVUPS(at(s, a, i), v)
			VFMADD231PS(at(s, b, i), v, sum[i])
		}
		ADDQ(operand.U32(4*floats), a)
		ADDQ(operand.U32(4*floats), b)
		SUBQ(operand.U32(floats), n)
	}
	SUBQ(operand.U32(4*lanes), n)
	JB(operand.LabelRef("rest"))
	Label("four")
	step(4 * lanes)
	JAE(operand.LabelRef("four"))
	Label("rest")
	ADDQ(operand.U32(4*lanes), n)
	JZ(operand.LabelRef("add"))
	Label("one")
	step(lanes)
	JNZ(operand.LabelRef("one"))
	Label("add")
	for half := len(sum) / 2; half > 0; half /= 2 {
		for i := range half {
			VADDPS(sum[i+half], sum[i], sum[i])
		}
	}
	total := s.addLanes(sum[0])
	Store(total, ReturnIndex(0))
	end()
}

// addLanesOfY adds the lanes of v up.
func addLanesOfY(v reg.VecVirtual) reg.VecVirtual {
	low, high := v.AsX(), XMM()
	VEXTRACTF128(operand.Imm(1), v.AsY(), high)
	total := XMM()
	VADDPS(high, low, total)
	VMOVHLPS(total, total, high)
	VADDPS(high, total, total)
	VMOVSHDUP(total, high)
	VADDSS(high, total, total)
	return total
}

func axpy(s isa) {
	begin(s, "axpy", "func(dst *float32, factor float32, x *float32, n int)", "is Axpy.")
	dst, x := argument("dst"), argument("x")
	factor := s.vector()
	VBROADCASTSS(argumentInMemory("factor"), factor)
	eachVector(s, argument("n"), func(offset reg.Register) {
		v := s.vector()
		VMOVUPS(from(dst, offset), v)
		VFMADD231PS(from(x, offset), factor, v)
		VMOVUPS(v, from(dst, offset))
	})
	end()
}
