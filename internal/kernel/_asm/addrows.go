package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// addRows writes addRows1 to addRows7 of an instruction set: one for each
// width of 16, 32, …, 112 floats, which is what fits in registers beside the
// factor.
func addRows(s isa) {
	for lanes := 1; lanes <= 7; lanes++ {
		TEXT(fmt.Sprintf("addRows%d%s", lanes, s.name()), NOSPLIT,
			"func(dst, m *float32, index *int32, value *float32, n int)")
		Doc(fmt.Sprintf("addRows%d%s is AddRows for rows of %d floats.", lanes, s.name(), 16*lanes))
		Pragma("noescape")
		dst, m := Load(Param("dst"), GP64()), Load(Param("m"), GP64())
		index, value := Load(Param("index"), GP64()), Load(Param("value"), GP64())
		n := Load(Param("n"), GP64())

		sum := make([]reg.VecVirtual, 64*lanes/s.bytes())
		for i := range sum {
			sum[i] = s.vector()
			VMOVUPS(at(s, dst, i), sum[i])
		}
		factor, row := s.vector(), GP64()
		TESTQ(n, n)
		JZ(LabelRef("done"))
		Label("loop")
		MOVLQSX(Mem{Base: index}, row)
		IMUL3Q(U32(64*lanes), row, row)
		VBROADCASTSS(Mem{Base: value}, factor)
		ADDQ(m, row)
		for i := range sum {
			VFMADD231PS(at(s, row, i), factor, sum[i])
		}
		ADDQ(Imm(4), index)
		ADDQ(Imm(4), value)
		DECQ(n)
		JNZ(LabelRef("loop"))
		Label("done")
		for i := range sum {
			VMOVUPS(sum[i], at(s, dst, i))
		}
		VZEROUPPER()
		RET()
	}
}
