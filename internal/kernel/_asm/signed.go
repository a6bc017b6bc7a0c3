package main

import (
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
	begin(s, "sumSigns", "func(table, m *float32, width, groups int)", "is SumSigns for whole groups of rows of so many bytes.")
	table, m, width, groups := argument("table"), argument("m"), argument("width"), argument("groups")
	threeRows, column, to := GP64(), GP64(), GP64()
	LEAQ(Mem{Base: width, Index: width, Scale: 2}, threeRows)
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
	p, q := pair(Mem{Base: m}, from(m, width))
	highP, highQ := pair(Mem{Base: m, Index: width, Scale: 2}, from(m, threeRows))
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
	ADDQ(threeRows, m)
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
	table  reg.Register
	word   reg.GPVirtual // the row's signs
	lookUp reg.GPVirtual // offset of a sum in its group
}

func addSigned(s isa) {
	begin(s, "addSigned", "func(dst, from, table *float32, bits *uint16, next, stride, rows, groups, lanes int)",
		"is AddSigned for rows of 16·lanes floats. next and stride are in bytes.")
	width := argument("lanes")
	for lanes := 1; lanes < maxLanes; lanes++ {
		CMPQ(width, Imm(uint64(lanes)))
		JEQ(LabelRef(label("width", lanes)))
	}
	for lanes := maxLanes; lanes > 0; lanes-- {
		Label(label("width", lanes))
		signedRows{s, lanes, argument("table"), GP64(), GP64()}.write()
	}
}

// write writes the loop for a width, and returns. Fewer than four groups are
// the last of what four would be.
func (r signedRows) write() {
	dst, from, bits := argument("dst"), argument("from"), argument("bits")
	next, stride, rows, groups := argument("next"), argument("stride"), argument("rows"), argument("groups")
	row := make([]reg.VecVirtual, 64*r.lanes/r.s.bytes())
	for i := range row {
		row[i] = r.s.vector()
	}
	Label(label("row", r.lanes))
	MOVWLZX(Mem{Base: bits}, r.word.As32())
	ADDQ(stride, bits)
	for i, v := range row {
		VMOVUPS(at(r.s, from, i), v)
	}
	ADDQ(next, from)
	for g := 1; g < lanes/signGroup; g++ {
		CMPQ(groups, Imm(uint64(g)))
		JEQ(LabelRef(label("groups", g) + label("of", r.lanes)))
	}
	for g := lanes / signGroup; g > 0; g-- {
		Label(label("groups", g) + label("of", r.lanes))
		r.add(row, g-1)
	}
	for i, v := range row {
		VMOVUPS(v, at(r.s, dst, i))
	}
	ADDQ(U32(64*r.lanes), dst)
	DECQ(rows)
	JNZ(LabelRef(label("row", r.lanes)))
	end()
}

// add adds the sum that the signs of a group choose.
func (r signedRows) add(row []reg.VecVirtual, group int) {
	MOVL(r.word.As32(), r.lookUp.As32())
	if group > 0 {
		SHRL(Imm(uint64(signGroup*group)), r.lookUp.As32())
	}
	ANDL(Imm(signSums-1), r.lookUp.As32())
	IMUL3Q(U32(64*r.lanes), r.lookUp, r.lookUp)
	for i, v := range row {
		sum := Mem{Base: r.table, Index: r.lookUp, Scale: 1, Disp: 64*r.lanes*signSums*group + r.s.bytes()*i}
		VADDPS(sum, v, v)
	}
}
