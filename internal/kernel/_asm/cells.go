package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// cells writes Cells. Ordinals of bins and their sum are exact in floats. The
// parameters are, for each field, 1/width, the first and the last ordinal, and
// the factor of its ordinals; then what is to be added to the sum.
func cells(s isa) {
	begin(s, "cells", "func(cell *uint16, "+fieldsArguments+", k *float32)", "is Cells.")
	dst, k := argument("cell"), argument("k")
	x := newFields()
	type bins struct{ scale, first, last, factor operand.Op }
	var field [3]bins
	for i := range field {
		k := func(j int) operand.Op { return s.parameter(k, 4*i+j) }
		field[i] = bins{k(0), k(1), k(2), k(3)}
	}
	offset := s.parameter(k, 12)
	x.eachVector(s, func(column, cell reg.Register) {
		sum, v := s.vector(), s.vector()
		VMOVUPS(offset, sum)
		for i, m := range []operand.Mem{from(x.f, cell), from(x.row, column), from(x.l, column)} {
			VMOVUPS(m, v)
			VMULPS(field[i].scale, v, v)
			VMAXPS(field[i].first, v, v) // the first for NaN
			VMINPS(field[i].last, v, v)
			s.ceil(v)
			VFMADD231PS(field[i].factor, v, sum)
		}
		VCVTPS2DQ(sum, sum)
		s.storeWords(sum, operand.Mem{Base: dst})
		ADDQ(operand.Imm(uint64(s.bytes()/2)), dst)
	})
	end()
}
