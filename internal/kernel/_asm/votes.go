package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// sumColumns writes SumColumns.
func sumColumns(s isa) {
	begin(s, "sumColumns", "func(dst *float64, x *float32, rows int)", "is SumColumns for rows > 0.")
	x, rows := argument("x"), argument("rows")
	sums := append(laneRow(s), laneRow(s)...)
	for _, v := range sums {
		s.xor(v, v, v)
	}
	Label("row")
	for i, sum := range sums {
		v := s.vector()
		VCVTPS2PD(operand.Mem{Base: x, Disp: i * s.bytes() / 2}, v)
		VADDPD(v, sum, sum)
	}
	ADDQ(operand.Imm(4*lanes), x)
	DECQ(rows)
	JNZ(operand.LabelRef("row"))
	dst := argument("dst")
	for i, v := range sums {
		VMOVUPS(v, at(s, dst, i))
	}
	end()
}

// countHits writes CountHits.
func countHits(s isa) {
	begin(s, "countHits", "func(x, factor, summand *float32, place *uint8, rows int) int", "is CountHits for rows > 0.")
	x, place, rows := argument("x"), argument("place"), argument("rows")
	factor, summand := laneRowAt(s, argument("factor")), laneRowAt(s, argument("summand"))
	smallest := register(s, "smallest", bits32(float32(math.Inf(-1))))
	hits, wanted, found := GP64(), GP32(), GP32()
	XORQ(hits, hits)
	Label("row")
	row := laneRowAt(s, x)
	for i, v := range row {
		VMULPS(factor[i], v, v)
		VADDPS(summand[i], v, v)
		VMAXPS(smallest, v, v) // the smallest for NaN
	}
	bitsWhereEqual(s, row, largestLane(s, row), found)
	BSFL(found, found)
	MOVBLZX(operand.Mem{Base: place}, wanted)
	XORL(found, wanted)
	CMPL(wanted, operand.Imm(1)) // carries if they are equal
	ADCQ(operand.Imm(0), hits)
	ADDQ(operand.Imm(4*lanes), x)
	INCQ(place)
	DECQ(rows)
	JNZ(operand.LabelRef("row"))
	Store(hits, ReturnIndex(0))
	end()
}
