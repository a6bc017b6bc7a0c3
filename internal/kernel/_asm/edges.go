package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// largestMagnitudes writes LargestMagnitudes. Positive numbers are ordered as
// their bits are.
func largestMagnitudes(s isa) {
	begin(s, "largestMagnitudes", "func(dst, x *float32, stride, rows int)", "is LargestMagnitudes.")
	x, stride, rows := argument("x"), argument("stride"), argument("rows")
	largest := laneRow(s)
	for _, v := range largest {
		s.xor(v, v, v)
	}
	positive := register(s, "positive", 1<<31-1)
	Label("row")
	for i, v := range largest {
		magnitude := s.vector()
		VANDPS(at(s, x, i), positive, magnitude)
		VPMAXUD(magnitude, v, v)
	}
	LEAQ(operand.Mem{Base: x, Index: stride, Scale: 4}, x)
	DECQ(rows)
	JNZ(operand.LabelRef("row"))
	dst := argument("dst")
	for i, v := range largest {
		VMOVUPS(v, at(s, dst, i))
	}
	end()
}

// appendBins writes EdgeBins.Append. The parameters are low, scale, the numbers
// of the first and the last inner edge, and as integers the number of bins and
// -1. The bin of a number is that below the nearest edge, or above where the
// number is larger.
func appendBins(s isa) {
	begin(s, "appendBins", "func(cell *uint16, x *float32, stride, rows int, divisor, edges, k *float32)", "is EdgeBins.Append.")
	cell, x, stride, rows := argument("cell"), argument("x"), argument("stride"), argument("rows")
	edges, k := argument("edges"), argument("k")
	divisors := laneRowAt(s, argument("divisor"))
	low, scale, first, last := s.parameter(k, 0), s.parameter(k, 1), s.parameter(k, 2), s.parameter(k, 3)
	count, minusOne := s.parameter(k, 4), s.parameter(k, 5)
	Label("row")
	for i, divisor := range divisors {
		v, edge, bin, c := s.vector(), s.vector(), s.vector(), s.vector()
		VMOVUPS(at(s, x, i), v)
		VDIVPS(divisor, v, v)
		VSUBPS(low, v, bin)
		VMULPS(scale, bin, bin)
		VMAXPS(first, bin, bin) // the first for NaN
		VMINPS(last, bin, bin)
		VCVTPS2DQ(bin, bin)
		gather(s, edges, bin, edge)
		VPADDD(minusOne, bin, bin)
		VPSUBD(onesWhere(s, greaterThan, v, edge), bin, bin)
		VPMOVZXWD(operand.Mem{Base: cell, Disp: i * s.bytes() / 2}, c)
		VPMULLD(count, c, c)
		VPADDD(c, bin, bin)
		s.storeWords(bin, operand.Mem{Base: cell, Disp: i * s.bytes() / 2})
	}
	LEAQ(operand.Mem{Base: x, Index: stride, Scale: 4}, x)
	LEAQ(operand.Mem{Base: cell, Index: stride, Scale: 2}, cell)
	DECQ(rows)
	JNZ(operand.LabelRef("row"))
	end()
}
