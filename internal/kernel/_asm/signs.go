package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The kernels of signs look sums up in a vector of 8 by three signs each, of
// which a word of 32 bits has ten times three, and two more.
const (
	tripleSigns = 3
	wordTriples = 11
	blockWords  = 8
	vectorBytes = 32
)

// signKernels writes what SignBlocks and SignSums are made of.
func signKernels() {
	s := avx2{}
	blockSigns(s)
	sumTriples(s)
	addTriples(s)
	dotTriples(s)
}

// blockSigns collects a bit of every byte of a block for each word.
func blockSigns(s isa) {
	begin(s, "blockSigns", "func(dst *uint32, bits *uint16, blocks int)", "reorders some blocks.")
	dst, bits, blocks := argument("dst"), argument("bits"), argument("blocks")
	Label("block")
	v := s.vector()
	VMOVDQU(Mem{Base: bits}, v)
	for word := blockWords - 1; word >= 0; word-- {
		column := GP32()
		VPMOVMSKB(v, column)
		MOVL(column, Mem{Base: dst, Disp: 4 * word})
		if word > 0 {
			VPADDB(v, v, v)
		}
	}
	ADDQ(Imm(vectorBytes), bits)
	ADDQ(Imm(vectorBytes), dst)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	end()
}

// signsOfSums are the signs of a number in the sums of three.
func signsOfSums(s isa, number int) reg.VecVirtual {
	m, v := GLOBL(fmt.Sprintf("signsOfSums%d", number), RODATA|NOPTR), s.vector()
	for sum := range 1 << tripleSigns {
		DATA(4*sum, U32(bits32(float32(sum>>number&1*2-1))))
	}
	VMOVUPS(m, v)
	return v
}

// sumTriples makes the tables of the sums.
func sumTriples(s isa) {
	begin(s, "sumTriples", "func(table, v *float32, stride, n, lists int)",
		"sets table to the sums of each three numbers of some lists. stride is in bytes.")
	var signs [tripleSigns]reg.VecVirtual
	for i := range signs {
		signs[i] = signsOfSums(s, i)
	}
	table, v, stride, lists := argument("table"), argument("v"), argument("stride"), argument("lists")
	n, from, threeStrides := GP64(), GP64(), GP64()
	LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, threeStrides)
	sum, x := s.vector(), s.vector()
	add := func(number int, m Mem) {
		VBROADCASTSS(m, x)
		if number == 0 {
			VMULPS(x, signs[0], sum)
		} else {
			VFMADD231PS(x, signs[number], sum)
		}
	}
	store := func() {
		VMOVUPS(sum, Mem{Base: table})
		ADDQ(Imm(vectorBytes), table)
	}
	Label("list")
	MOVQ(v, from)
	MOVQ(argumentInMemory("n"), n)
	SUBQ(Imm(tripleSigns), n)
	JB(LabelRef("rest"))
	Label("triple")
	add(0, Mem{Base: from})
	add(1, Mem{Base: from, Index: stride, Scale: 1})
	add(2, Mem{Base: from, Index: stride, Scale: 2})
	store()
	ADDQ(threeStrides, from)
	SUBQ(Imm(tripleSigns), n)
	JAE(LabelRef("triple"))
	Label("rest")
	ADDQ(Imm(tripleSigns), n)
	JZ(LabelRef("next"))
	add(0, Mem{Base: from})
	DECQ(n)
	JZ(LabelRef("store"))
	add(1, Mem{Base: from, Index: stride, Scale: 1})
	Label("store")
	store()
	Label("next")
	ADDQ(Imm(4), v)
	DECQ(lists)
	JNZ(LabelRef("list"))
	end()
}
