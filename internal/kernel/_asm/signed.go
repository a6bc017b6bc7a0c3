package main

import (
	"math/bits"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// signGroup and signSums are those of kernel.
const (
	signGroup = 4
	signSums  = 16
)

// signed writes SumSigns and AddSigned.
func signed(s isa) {
	sumSigns(s)
	addSigned(s)
}

// sumSigns writes SumSigns for whole groups. With p and q the sum and the
// difference of the first two rows, and of the others, all sums are ±p ± p' or
// ±p ± q' and so on.
func sumSigns(s isa) {
	begin(s, "sumSigns", "func(table, m *float32, width, stride, groups int)",
		"is SumSigns for whole groups. width and stride are in bytes.")
	table, m, width, stride, groups := argument("table"), argument("m"), argument("width"), argument("stride"), argument("groups")
	threeRows, column, to := GP64(), GP64(), GP64()
	LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, threeRows)
	Label("group")
	XORQ(column, column)
	Label("column")
	pair := func(a, b Mem) (sum, difference reg.VecVirtual) {
		sum, difference = s.vector(), s.vector()
		VMOVUPS(a, difference)
		VADDPS(b, difference, sum)
		VSUBPS(b, difference, difference)
		return sum, difference
	}
	p, q := pair(Mem{Base: m}, from(m, stride))
	highP, highQ := pair(Mem{Base: m, Index: stride, Scale: 2}, from(m, threeRows))
	minusP, minusQ := s.vector(), s.vector()
	for _, v := range []struct{ of, to reg.VecVirtual }{{highP, minusP}, {highQ, minusQ}} {
		s.xor(v.to, v.to, v.to)
		VSUBPS(v.of, v.to, v.to)
	}
	LEAQ(from(table, column), to)
	for _, high := range []reg.VecVirtual{minusP, highQ, minusQ, highP} {
		for _, low := range []struct {
			v     reg.VecVirtual
			minus bool
		}{{p, true}, {q, false}, {q, true}, {p, false}} {
			sum := s.vector()
			if low.minus {
				VSUBPS(low.v, high, sum)
			} else {
				VADDPS(low.v, high, sum)
			}
			VMOVUPS(sum, Mem{Base: to})
			ADDQ(width, to)
		}
	}
	ADDQ(Imm(uint64(s.bytes())), m)
	ADDQ(Imm(uint64(s.bytes())), column)
	CMPQ(column, width)
	JB(LabelRef("column"))
	SUBQ(column, m)
	LEAQ(Mem{Base: m, Index: stride, Scale: 4}, m)
	SHLQ(Imm(4), column)
	ADDQ(column, table)
	DECQ(groups)
	JNZ(LabelRef("group"))
	end()
}

// signedRows writes AddSigned for rows of some lanes.
type signedRows struct {
	s      isa
	lanes  int
	table  reg.Register  // the sums of the current group
	word   reg.GPVirtual // the row's current signs
	lookUp reg.GPVirtual // offset of a sum in its group
}

func addSigned(s isa) {
	begin(s, "addSigned", "func(dst, from, table *float32, bits *uint16, next, stride, words, rows, groups, lanes int)",
		"is AddSigned for rows of 16 floats, or of 32. next, stride and words are in bytes.")
	CMPQ(argumentInMemory("lanes"), Imm(1))
	JEQ(LabelRef(label("row", 1)))
	for lanes := 2; lanes > 0; lanes-- {
		signedRows{s, lanes, GP64(), GP64(), GP64()}.write()
	}
}

// write writes the loop for a width, and returns. It takes four groups at a
// time, and then the rest.
func (r signedRows) write() {
	label := func(name string) string { return label(name, r.lanes) }
	Label(label("row"))
	dst, from, bits, rows := argument("dst"), argument("from"), argument("bits"), argument("rows")
	row := make([]reg.VecVirtual, 64*r.lanes/r.s.bytes())
	Label(label("next"))
	for i := range row {
		row[i] = r.s.vector()
		VMOVUPS(at(r.s, from, i), row[i])
	}
	signs, groups := GP64(), GP64()
	MOVQ(argumentInMemory("table"), r.table)
	MOVQ(argumentInMemory("groups"), groups)
	MOVQ(bits, signs)
	const perWord = lanes / signGroup
	size := 64 * r.lanes * signSums // of a group's sums, in bytes
	SUBQ(Imm(perWord), groups)
	JB(LabelRef(label("rest")))
	Label(label("word"))
	MOVWLZX(Mem{Base: signs}, r.word.As32())
	for g := range perWord {
		r.add(row, signGroup*g, size*g)
	}
	ADDQ(Imm(2), signs)
	ADDQ(U32(perWord*size), r.table)
	SUBQ(Imm(perWord), groups)
	JAE(LabelRef(label("word")))
	Label(label("rest"))
	ADDQ(Imm(perWord), groups)
	JZ(LabelRef(label("store")))
	MOVWLZX(Mem{Base: signs}, r.word.As32())
	Label(label("group"))
	r.add(row, 0, 0)
	SHRL(Imm(signGroup), r.word.As32())
	ADDQ(U32(size), r.table)
	DECQ(groups)
	JNZ(LabelRef(label("group")))
	Label(label("store"))
	for i, v := range row {
		VMOVUPS(v, at(r.s, dst, i))
	}
	ADDQ(argumentInMemory("stride"), dst)
	ADDQ(argumentInMemory("next"), from)
	ADDQ(argumentInMemory("words"), bits)
	DECQ(rows)
	JNZ(LabelRef(label("next")))
	end()
}

// add adds the sum that four signs of the word choose among those at an offset.
func (r signedRows) add(row []reg.VecVirtual, firstSign, offset int) {
	MOVL(r.word.As32(), r.lookUp.As32())
	if firstSign > 0 {
		SHRL(Imm(uint64(firstSign)), r.lookUp.As32())
	}
	ANDL(Imm(signSums-1), r.lookUp.As32())
	SHLL(Imm(uint64(bits.TrailingZeros(uint(64*r.lanes)))), r.lookUp.As32())
	for i, v := range row {
		VADDPS(Mem{Base: r.table, Index: r.lookUp, Scale: 1, Disp: offset + r.s.bytes()*i}, v, v)
	}
}
