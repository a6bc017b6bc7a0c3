package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// laneRow is a row of 16 floats in vectors.
func laneRow(s isa) []reg.VecVirtual {
	row := make([]reg.VecVirtual, 4*lanes/s.bytes())
	for i := range row {
		row[i] = s.vector()
	}
	return row
}

// laneRowAt is a row of 16 floats from memory.
func laneRowAt(s isa, base reg.Register) []reg.VecVirtual {
	row := laneRow(s)
	for i, v := range row {
		VMOVUPS(at(s, base, i), v)
	}
	return row
}

// onesWhere is a vector of -1 where a compared with b holds, else of 0.
func onesWhere(s isa, predicate operand.Constant, a, b reg.VecVirtual) reg.VecVirtual {
	where := s.vector()
	if s.bytes() == 64 {
		k := K()
		VCMPPS(predicate, b, a, k)
		VPMOVM2D(k, where)
	} else {
		VCMPPS(predicate, b, a, where)
	}
	return where
}

// bitsWhereEqual sets dst to a bit for each number of a row: whether it equals
// that of v.
func bitsWhereEqual(s isa, row []reg.VecVirtual, v reg.VecVirtual, dst reg.GPVirtual) {
	if s.bytes() == 64 {
		k := K()
		VCMPPS(equal, v, row[0], k)
		KMOVW(k, dst)
		return
	}
	low := GP32()
	VMOVMSKPS(onesWhere(s, equal, row[0], v), low)
	VMOVMSKPS(onesWhere(s, equal, row[1], v), dst)
	SHLL(operand.Imm(8), dst)
	ORL(low, dst)
}

// gather sets dst to the floats from base on that are numbered by index.
func gather(s isa, base reg.Register, index, dst reg.VecVirtual) {
	from := operand.Mem{Base: base, Index: index, Scale: 4}
	s.xor(dst, dst, dst)
	if s.bytes() == 64 {
		all := K()
		VPCMPEQD(dst, dst, all)
		VGATHERDPS(from, all, dst)
		return
	}
	all := s.vector()
	VPCMPEQD(dst, dst, all)
	VGATHERDPS(all, from, dst)
}

// largestLane is the largest number of a row in every lane.
func largestLane(s isa, row []reg.VecVirtual) reg.VecVirtual {
	largest, other := s.vector(), s.vector()
	VMOVAPS(row[0], largest)
	for _, v := range row[1:] {
		VMAXPS(v, largest, largest)
	}
	swapHalves, swapNeighbours := operand.Imm(0x4e), operand.Imm(0xb1)
	if s.bytes() == 64 {
		for _, swap := range []operand.Constant{swapHalves, swapNeighbours} {
			VSHUFF32X4(swap, largest, largest, other)
			VMAXPS(other, largest, largest)
		}
	} else {
		VPERM2F128(operand.Imm(1), largest, largest, other)
		VMAXPS(other, largest, largest)
	}
	for _, swap := range []operand.Constant{swapHalves, swapNeighbours} {
		VPERMILPS(swap, largest, other)
		VMAXPS(other, largest, largest)
	}
	return largest
}
