package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// turn writes the transposition of 32 columns of bytes of n slices, a multiple
// of 8. Three rounds of interleaving row i with row i+4 bring the bytes of a
// column together: two columns in each half of a register.
func turn() {
	begin(avx2{}, "turn", "func(dst *byte, stride int, rows *[]byte, column, n int)", "transposes 32 columns of bytes.")
	const header = 24 // bytes of a slice's header
	dst, stride, rows, column, n := argument("dst"), argument("stride"), argument("rows"), argument("column"), argument("n")
	low, high, row := GP64(), GP64(), GP64()
	Label("loop")
	var v [8]reg.VecVirtual
	for i := range v {
		v[i] = YMM()
		MOVQ(operand.Mem{Base: rows, Disp: header * i}, row)
		VMOVDQU(from(row, column), v[i])
	}
	for range 3 {
		var t [8]reg.VecVirtual
		for i := range 4 {
			t[2*i], t[2*i+1] = YMM(), YMM()
			VPUNPCKLBW(v[i+4], v[i], t[2*i])
			VPUNPCKHBW(v[i+4], v[i], t[2*i+1])
		}
		v = t
	}
	MOVQ(dst, low)
	MOVQ(stride, high)
	SHLQ(operand.Imm(4), high)
	ADDQ(dst, high)
	for _, v := range v {
		for _, base := range []reg.Register{low, high} {
			half := v.AsX()
			if base == high {
				half = XMM()
				VEXTRACTI128(operand.Imm(1), v, half)
			}
			VMOVQ(half, operand.Mem{Base: base})
			VMOVHPS(half, from(base, stride))
			LEAQ(operand.Mem{Base: base, Index: stride, Scale: 2}, base)
		}
	}
	ADDQ(operand.Imm(8), dst)
	ADDQ(operand.U32(8*header), rows)
	SUBQ(operand.Imm(8), n)
	JNZ(operand.LabelRef("loop"))
	end()
}

// turnBits writes the transposition of 16 columns of bits of 32·n rows: the
// sign bits of 32 bytes are gathered, and the next bits moved into their place.
// Rows of m and of dst are pitch and stride bytes apart.
func turnBits() {
	begin(avx2{}, "turnBits", "func(dst *uint16, stride int, m *uint16, pitch, n int)", "transposes 16 columns of bits.")
	dst, stride, m, pitch, n := argument("dst"), argument("stride"), argument("m"), argument("pitch"), argument("n")
	lowBytes := YMM()
	VBROADCASTSS(symbol("lowBytes", 0x00ff00ff), lowBytes)
	Label("loop")
	sixteen := func() reg.VecVirtual {
		var half [2]reg.VecVirtual
		for i := range half {
			half[i] = XMM()
			VPXOR(half[i], half[i], half[i])
			for j := range 8 {
				VPINSRW(operand.Imm(uint64(j)), operand.Mem{Base: m}, half[i], half[i])
				ADDQ(pitch, m)
			}
		}
		words := YMM()
		VINSERTI128(operand.Imm(1), half[1], half[0].AsY(), words)
		return words
	}
	first, second := sixteen(), sixteen()
	row, bits := GP64(), GP32()
	LEAQ(operand.Mem{Base: dst, Index: stride, Scale: 8}, row)
	LEAQ(operand.Mem{Base: row, Index: stride, Scale: 8}, row)
	for _, high := range []bool{true, false} {
		a, b := YMM(), YMM()
		if high {
			VPSRLW(operand.Imm(8), first, a)
			VPSRLW(operand.Imm(8), second, b)
		} else {
			VPAND(lowBytes, first, a)
			VPAND(lowBytes, second, b)
		}
		VPACKUSWB(b, a, a)
		VPERMQ(operand.Imm(0xd8), a, a)
		for range 8 {
			SUBQ(stride, row)
			VPMOVMSKB(a, bits)
			MOVL(bits, operand.Mem{Base: row})
			VPADDB(a, a, a)
		}
	}
	ADDQ(operand.Imm(4), dst)
	DECQ(n)
	JNZ(operand.LabelRef("loop"))
	end()
}
