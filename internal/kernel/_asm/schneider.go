package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// fields are the arguments that say where the rows of Fields lie. The others
// stay in memory, for want of registers.
type fields struct{ f, l, context, width, samples, row reg.Register }

// fieldsArguments is the signature's part for newFields. The width and the
// stride are in bytes.
const fieldsArguments = "f, c, l *float32, context *uint8, width, strideL, samples int"

func newFields() fields {
	return fields{argument("f"), argument("l"), argument("context"), argument("width"), argument("samples"), GP64()}
}

// eachVector runs body for each vector of each row: the offset in bytes of the
// vector in its row is column, that in matrices with a row for each sample is
// cell. The row of C is at x.row. start runs at the start of each row, with
// the offset of that row from C.
func (x fields) eachVector(s isa, start func(offset reg.Register), body func(column, cell reg.Register)) {
	column, cell := GP64(), GP64()
	XORQ(cell, cell)
	Label("sample")
	MOVBQZX(operand.Mem{Base: x.context}, x.row)
	INCQ(x.context)
	IMULQ(x.width, x.row)
	start(x.row)
	ADDQ(argumentInMemory("c"), x.row)
	XORQ(column, column)
	Label("vector")
	body(column, cell)
	ADDQ(operand.Imm(uint64(s.bytes())), column)
	ADDQ(operand.Imm(uint64(s.bytes())), cell)
	CMPQ(column, x.width)
	JB(operand.LabelRef("vector"))
	ADDQ(argumentInMemory("strideL"), x.l)
	DECQ(x.samples)
	JNZ(operand.LabelRef("sample"))
}

// gates computes both inner logistics of the trivariate activation. They are
// 1/a and 1/b; a·b stays finite because both exponents are at most 62.
type gates struct {
	s              isa
	e              exp2
	bounds         clamp
	scaleC, scaleL operand.Op // -w·log2(e)
}

func (g gates) denominators(f reg.VecVirtual, c, l operand.Op) (a, b reg.VecVirtual) {
	denominator := func(field, scale operand.Op) reg.VecVirtual {
		t := g.s.vector()
		VMULPS(field, f, t)
		VMULPS(scale, t, t)
		g.bounds.apply(t)
		return g.e.onePlus(t)
	}
	return denominator(c, g.scaleC), denominator(l, g.scaleL)
}

// schneider writes Schneider. Both inner logistics share a division:
// c1/a + c2/b = (c1·b + c2·a)/(a·b).
func schneider(s isa) {
	begin(s, "schneider", "func(theta *float32, "+fieldsArguments+", k *float32)", "is Schneider.")
	theta, k := argument("theta"), argument("k")
	g := gates{s, newExp2(s), newClamp(s, "gate", -62, 62), s.parameter(k, 0), s.parameter(k, 1)}
	c1, c2, rest := s.parameter(k, 2), s.parameter(k, 3), s.parameter(k, 4)
	bounds := newClamp(s, "exponent", -125, 125)
	log2e := s.constant("minusLog2E", bits32(minusLog2E))
	inverse := s.inverse()
	x := newFields()
	x.eachVector(s, func(reg.Register) {}, func(column, cell reg.Register) {
		f := s.vector()
		VMOVUPS(from(x.f, cell), f)
		a, b := g.denominators(f, from(x.row, column), from(x.l, column))
		gain := s.vector()
		VMULPS(c1, b, gain)
		VFMADD231PS(c2, a, gain)
		VMULPS(b, a, a)
		VDIVPS(a, gain, gain)
		VADDPS(rest, gain, gain)
		VMULPS(f, gain, gain)
		VMULPS(log2e, gain, gain)
		bounds.apply(gain)
		VMOVUPS(inverse(g.e.onePlus(gain)), from(theta, cell))
	})
	end()
}

// schneiderBackward writes SchneiderBackward.
func schneiderBackward(s isa) {
	begin(s, "schneiderBackward",
		"func(df, dc, dl, gradient, theta *float32, "+fieldsArguments+", k *float32)", "is SchneiderBackward.")
	df, dl := argument("df"), argument("dl")
	gradient, theta, k := argument("gradient"), argument("theta"), argument("k")
	g := gates{s, newExp2(s), newClamp(s, "gate", -62, 62), s.parameter(k, 0), s.parameter(k, 1)}
	c1, c2, rest := s.parameter(k, 2), s.parameter(k, 3), s.parameter(k, 4)
	slopeC, slopeL := s.parameter(k, 5), s.parameter(k, 6)
	x := newFields()
	row := GP64() // of dc
	x.eachVector(s, func(offset reg.Register) {
		MOVQ(argumentInMemory("dc"), row)
		ADDQ(offset, row)
	}, func(column, cell reg.Register) {
		c, l := from(x.row, column), from(x.l, column)
		f := s.vector()
		VMOVUPS(from(x.f, cell), f)
		a, b := g.denominators(f, c, l)
		both := s.vector()
		VMULPS(b, a, both)
		one := s.vector()
		VMOVUPS(g.e.one, one)
		VDIVPS(both, one, both)
		VMULPS(both, b, b) // s(w1·F·C)
		VMULPS(both, a, a) // s(w2·F·L)
		total := s.vector()
		VMOVUPS(rest, total)
		VFMADD231PS(c1, b, total)
		VFMADD231PS(c2, a, total)
		byC, byL := s.vector(), s.vector()
		bernoulliSlope(b, byC)
		bernoulliSlope(a, byL)
		VMULPS(slopeC, byC, byC)
		VMULPS(slopeL, byL, byL)
		VMULPS(f, byC, byC)
		VMULPS(f, byL, byL)
		VFMADD231PS(c, byC, total)
		VFMADD231PS(l, byL, total)
		t, slope := s.vector(), s.vector()
		VMOVUPS(from(theta, cell), t)
		bernoulliSlope(t, slope)
		VMULPS(from(gradient, cell), slope, slope)
		VMULPS(slope, total, total)
		VMULPS(f, slope, slope)
		VMULPS(slope, byL, byL)
		VFMADD213PS(from(row, column), slope, byC)
		VMOVUPS(total, from(df, cell))
		VMOVUPS(byL, from(dl, cell))
		VMOVUPS(byC, from(row, column))
	})
	end()
}
