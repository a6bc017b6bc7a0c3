package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// turnFloats writes the transposition of 8 rows of 8·n floats. Strides are in
// bytes. Two rounds of interleaving make quarters of columns, and the last one
// joins their halves.
func turnFloats(s isa) {
	if s.name() != "AVX2" {
		return // as fast as memory
	}
	begin(s, "turnFloats", "func(dst *float32, dstStride int, src *float32, srcStride, n int)", "transposes 8 rows of 8·n floats.")
	dst, dstStride, src, srcStride, n := argument("dst"), argument("dstStride"), argument("src"), argument("srcStride"), argument("n")
	srcThrice, dstThrice := GP64(), GP64()
	LEAQ(operand.Mem{Base: srcStride, Index: srcStride, Scale: 2}, srcThrice)
	LEAQ(operand.Mem{Base: dstStride, Index: dstStride, Scale: 2}, dstThrice)
	low, high := GP64(), GP64()
	// rows are 8 rows from low, of which high is the fifth.
	rows := func(stride, thrice reg.Register) (rows [8]operand.Mem) {
		for i, base := range []reg.Register{low, high} {
			rows[4*i] = operand.Mem{Base: base}
			rows[4*i+1] = from(base, stride)
			rows[4*i+2] = operand.Mem{Base: base, Index: stride, Scale: 2}
			rows[4*i+3] = from(base, thrice)
		}
		return rows
	}
	Label("block")
	MOVQ(src, low)
	LEAQ(operand.Mem{Base: src, Index: srcStride, Scale: 4}, high)
	var v, t [8]reg.VecVirtual
	for i, row := range rows(srcStride, srcThrice) {
		v[i] = YMM()
		VMOVUPS(row, v[i])
	}
	for i := 0; i < 8; i += 2 {
		t[i], t[i+1] = YMM(), YMM()
		VUNPCKLPS(v[i+1], v[i], t[i])
		VUNPCKHPS(v[i+1], v[i], t[i+1])
	}
	for i := 0; i < 8; i += 4 {
		for j := range 2 {
			v[i+2*j], v[i+2*j+1] = YMM(), YMM()
			VSHUFPS(operand.Imm(0x44), t[i+2+j], t[i+j], v[i+2*j])
			VSHUFPS(operand.Imm(0xee), t[i+2+j], t[i+j], v[i+2*j+1])
		}
	}
	MOVQ(dst, low)
	LEAQ(operand.Mem{Base: dst, Index: dstStride, Scale: 4}, high)
	for i, row := range rows(dstStride, dstThrice) {
		joined := YMM()
		VPERM2F128(operand.Imm(uint64(0x20+0x11*(i/4))), v[4+i%4], v[i%4], joined)
		VMOVUPS(joined, row)
	}
	ADDQ(operand.Imm(32), src)
	LEAQ(operand.Mem{Base: dst, Index: dstStride, Scale: 8}, dst)
	DECQ(n)
	JNZ(operand.LabelRef("block"))
	end()
}
