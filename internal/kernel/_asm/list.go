package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// list writes the kernels of lists. AVX-512 can compress vectors; AVX2 permutes
// them instead, by a table.
func list(s isa) {
	if s.name() == "AVX512" {
		nonZero()
		return
	}
	nonZeroByTable()
	turn()
	turnBits()
}

// nonZero writes the list of pixels that are not 0, for n of them, a multiple
// of 16. It writes up to 16 entries past the last one. 64 black pixels in a row
// are passed over at once.
func nonZero() {
	begin(avx512{}, "nonZero", "func(index *int32, value *float32, pixels *byte, n int, scale float32) int", "is NonZero.")
	index, value, pixels, n := argument("index"), argument("value"), argument("pixels"), argument("n")
	position, step, leap, scale := ZMM(), ZMM(), ZMM(), ZMM()
	VBROADCASTSS(argumentInMemory("scale"), scale)
	VMOVDQU32(lane(), position)
	VBROADCASTSS(symbol("sixteen", 16), step)
	VBROADCASTSS(symbol("sixtyFour", 64), leap)
	count, more, mask := GP64(), GP64(), K()
	XORQ(count, count)
	sixteen := func(offset int) {
		v, compressed := ZMM(), ZMM()
		VPMOVZXBD(operand.Mem{Base: pixels, Disp: offset}, v)
		VPTESTMD(v, v, mask)
		KMOVW(mask, more.As32())
		POPCNTL(more.As32(), more.As32())
		VCVTDQ2PS(v, v)
		VMULPS(scale, v, v)
		VPCOMPRESSD_Z(position, mask, compressed)
		VMOVDQU32(compressed, operand.Mem{Base: index, Index: count, Scale: 4})
		VCOMPRESSPS_Z(v, mask, v)
		VMOVUPS(v, operand.Mem{Base: value, Index: count, Scale: 4})
		VPADDD(step, position, position)
		ADDQ(more, count)
	}
	SUBQ(operand.Imm(64), n)
	JB(operand.LabelRef("rest"))
	Label("sixtyFour")
	bytes := ZMM()
	VMOVDQU8(operand.Mem{Base: pixels}, bytes)
	VPTESTMB(bytes, bytes, mask)
	KORTESTQ(mask, mask)
	JNZ(operand.LabelRef("some"))
	VPADDD(leap, position, position)
	JMP(operand.LabelRef("next"))
	Label("some")
	for i := range 4 {
		sixteen(16 * i)
	}
	Label("next")
	ADDQ(operand.Imm(64), pixels)
	SUBQ(operand.Imm(64), n)
	JAE(operand.LabelRef("sixtyFour"))
	Label("rest")
	ADDQ(operand.Imm(64), n)
	JZ(operand.LabelRef("done"))
	Label("sixteen")
	sixteen(0)
	ADDQ(operand.Imm(16), pixels)
	SUBQ(operand.Imm(16), n)
	JNZ(operand.LabelRef("sixteen"))
	Label("done")
	Store(count, ReturnIndex(0))
	end()
}

// nonZeroByTable writes nonZero for AVX2. The order of a mask's bits is, byte
// by byte, the positions of those that are set, and then any. 32 black pixels
// in a row are passed over at once.
func nonZeroByTable() {
	begin(avx2{}, "nonZero", "func(index *int32, value *float32, pixels *byte, n int, scale float32, order *uint64) int", "is NonZero.")
	index, value, pixels, n, table := argument("index"), argument("value"), argument("pixels"), argument("n"), argument("order")
	position, step, leap, scale, zero := YMM(), YMM(), YMM(), YMM(), YMM()
	VBROADCASTSS(argumentInMemory("scale"), scale)
	VMOVDQU(lane(), position)
	VBROADCASTSS(symbol("eight", 8), step)
	VBROADCASTSS(symbol("thirtyTwo", 32), leap)
	VPXOR(zero, zero, zero)
	count, mask := GP64(), GP64()
	XORQ(count, count)
	eight := func(offset int) {
		v, order, black := YMM(), YMM(), YMM()
		VPMOVZXBD(operand.Mem{Base: pixels, Disp: offset}, v)
		VPCMPEQD(zero, v, black)
		VMOVMSKPS(black, mask.As32())
		XORL(operand.Imm(0xff), mask.As32())
		VPMOVZXBD(operand.Mem{Base: table, Index: mask, Scale: 8}, order)
		POPCNTL(mask.As32(), mask.As32())
		VCVTDQ2PS(v, v)
		VMULPS(scale, v, v)
		VPERMPS(v, order, v)
		VPERMD(position, order, order)
		VMOVUPS(v, operand.Mem{Base: value, Index: count, Scale: 4})
		VMOVDQU(order, operand.Mem{Base: index, Index: count, Scale: 4})
		VPADDD(step, position, position)
		ADDQ(mask, count)
	}
	SUBQ(operand.Imm(32), n)
	JB(operand.LabelRef("rest"))
	Label("thirtyTwo")
	bytes := YMM()
	VMOVDQU(operand.Mem{Base: pixels}, bytes)
	VPTEST(bytes, bytes)
	JNZ(operand.LabelRef("some"))
	VPADDD(leap, position, position)
	JMP(operand.LabelRef("next"))
	Label("some")
	for i := range 4 {
		eight(8 * i)
	}
	Label("next")
	ADDQ(operand.Imm(32), pixels)
	SUBQ(operand.Imm(32), n)
	JAE(operand.LabelRef("thirtyTwo"))
	Label("rest")
	ADDQ(operand.Imm(32), n)
	JZ(operand.LabelRef("done"))
	Label("eight")
	eight(0)
	ADDQ(operand.Imm(8), pixels)
	SUBQ(operand.Imm(8), n)
	JNZ(operand.LabelRef("eight"))
	Label("done")
	Store(count, ReturnIndex(0))
	end()
}

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
