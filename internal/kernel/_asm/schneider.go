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
// cell. The row of C is at x.row.
func (x fields) eachVector(s isa, body func(column, cell reg.Register)) {
	x.eachRow(s, func(reg.Register) {}, body)
}

// eachRow runs start at the start of each row, with the offset of its row from
// C, and each of passes for all vectors of the row, before the next one.
func (x fields) eachRow(s isa, start func(offset reg.Register), passes ...func(column, cell reg.Register)) {
	column, cell := GP64(), GP64()
	XORQ(cell, cell)
	Label("sample")
	MOVBQZX(operand.Mem{Base: x.context}, x.row)
	INCQ(x.context)
	IMULQ(x.width, x.row)
	start(x.row)
	ADDQ(argumentInMemory("c"), x.row)
	for i, pass := range passes {
		if i > 0 {
			SUBQ(x.width, cell)
		}
		XORQ(column, column)
		Label(label("vector", i))
		pass(column, cell)
		ADDQ(operand.Imm(uint64(s.bytes())), column)
		ADDQ(operand.Imm(uint64(s.bytes())), cell)
		CMPQ(column, x.width)
		JB(operand.LabelRef(label("vector", i)))
	}
	ADDQ(argumentInMemory("strideL"), x.l)
	DECQ(x.samples)
	JNZ(operand.LabelRef("sample"))
}

// gates computes the denominators of the inner logistics.
type gates struct {
	s      isa
	e      exp2
	bounds clamp
}

// newGates bounds exponents so that the product of two denominators is finite.
func newGates(s isa) gates { return gates{s, newExp2(s), newClamp(s, "gate", -62, 62)} }

// denominator returns 1 + 2^(scale·field·f).
func (g gates) denominator(f reg.VecVirtual, field, scale operand.Op) reg.VecVirtual {
	t := g.s.vector()
	VMULPS(field, f, t)
	VMULPS(scale, t, t)
	g.bounds.apply(t)
	return g.e.onePlus(t)
}

// innerLogistics writes those of C and of L for a vector.
type innerLogistics func(f reg.VecVirtual, c, l operand.Op, cell reg.Register) (sc, sl reg.VecVirtual)

// schneider writes Schneider and SchneiderLateral. The exponent of theta waits
// in theta for a second pass through the row: so the processor finds more to do
// at once than in one long chain of operations. The parameters of the gain come
// multiplied with -log2(e).
func schneider(s isa) {
	begin(s, "schneider", "func(theta, gateC *float32, "+fieldsArguments+", k *float32)", "is Schneider.")
	activation(s, func(g gates, k, gateC reg.Register) innerLogistics {
		scaleC, scaleL := s.parameter(k, 0), s.parameter(k, 1)
		return func(f reg.VecVirtual, c, l operand.Op, cell reg.Register) (sc, sl reg.VecVirtual) {
			a, b := g.denominator(f, c, scaleC), g.denominator(f, l, scaleL)
			// Both logistics share a division: 1/a = b/(a·b).
			both, one := s.vector(), s.vector()
			VMULPS(b, a, both)
			VMOVUPS(g.e.one, one)
			VDIVPS(both, one, both)
			VMULPS(both, b, b)
			VMULPS(both, a, a)
			VMOVUPS(b, from(gateC, cell))
			return b, a
		}
	})
	begin(s, "schneiderLateral", "func(theta, gateC, gateL *float32, "+fieldsArguments+", k *float32)", "is SchneiderLateral.")
	activation(s, func(g gates, k, gateC reg.Register) innerLogistics {
		gateL, scaleL, inverse := argument("gateL"), s.parameter(k, 1), s.inverse()
		return func(f reg.VecVirtual, _, l operand.Op, cell reg.Register) (sc, sl reg.VecVirtual) {
			sc, sl = s.vector(), inverse(g.denominator(f, l, scaleL))
			VMOVUPS(from(gateC, cell), sc)
			VMOVUPS(sl, from(gateL, cell))
			return sc, sl
		}
	})
}

// activation writes the rest of a function that computes the inner logistics of
// C and L.
func activation(s isa, inner func(g gates, k, gateC reg.Register) innerLogistics) {
	theta, gateC, k := argument("theta"), argument("gateC"), argument("k")
	g := newGates(s)
	c1, c2, rest := s.parameter(k, 2), s.parameter(k, 3), s.parameter(k, 4)
	logistics, inverse := inner(g, k, gateC), s.inverse()
	x := newFields()
	x.eachRow(s, func(reg.Register) {}, func(column, cell reg.Register) {
		f := s.vector()
		VMOVUPS(from(x.f, cell), f)
		sc, sl := logistics(f, from(x.row, column), from(x.l, column), cell)
		gain := s.vector()
		VMOVUPS(rest, gain)
		VFMADD231PS(c1, sc, gain)
		VFMADD231PS(c2, sl, gain)
		VMULPS(f, gain, gain)
		VMOVUPS(gain, from(theta, cell))
	}, func(_, cell reg.Register) {
		t := s.vector()
		VMOVUPS(from(theta, cell), t)
		g.bounds.apply(t)
		VMOVUPS(inverse(g.e.onePlus(t)), from(theta, cell))
	})
	end()
}

// schneiderBackward writes SchneiderBackward.
func schneiderBackward(s isa) {
	begin(s, "schneiderBackward",
		"func(df, dc, dl, gradient, theta *float32, "+fieldsArguments+", k *float32)", "is SchneiderBackward.")
	df, dl := argument("df"), argument("dl")
	gradient, theta, k := argument("gradient"), argument("theta"), argument("k")
	c1, c2, rest := s.parameter(k, 0), s.parameter(k, 1), s.parameter(k, 2)
	slopeC, slopeL := s.parameter(k, 3), s.parameter(k, 4)
	flush := newFlush(s)
	x := newFields()
	row := GP64() // of dc
	x.eachRow(s, func(offset reg.Register) {
		MOVQ(argumentInMemory("dc"), row)
		ADDQ(offset, row)
	}, func(column, cell reg.Register) {
		f, sc, sl := s.vector(), s.vector(), s.vector()
		VMOVUPS(from(x.f, cell), f)
		VMOVUPS(from(df, cell), sc)
		VMOVUPS(from(dl, cell), sl)
		total := s.vector()
		VMOVUPS(rest, total)
		VFMADD231PS(c1, sc, total)
		VFMADD231PS(c2, sl, total)
		byC, byL := s.vector(), s.vector()
		bernoulliSlope(sc, byC)
		bernoulliSlope(sl, byL)
		VMULPS(slopeC, byC, byC)
		VMULPS(slopeL, byL, byL)
		VMULPS(f, byC, byC)
		VMULPS(f, byL, byL)
		VFMADD231PS(from(x.row, column), byC, total)
		VFMADD231PS(from(x.l, column), byL, total)
		t, slope := s.vector(), s.vector()
		VMOVUPS(from(theta, cell), t)
		bernoulliSlope(t, slope)
		VMULPS(from(gradient, cell), slope, slope)
		VMULPS(slope, total, total)
		VMULPS(f, slope, slope)
		VMULPS(slope, byL, byL)
		VFMADD213PS(from(row, column), slope, byC)
		flush.apply(total)
		flush.apply(byL)
		VMOVUPS(total, from(df, cell))
		VMOVUPS(byL, from(dl, cell))
		VMOVUPS(byC, from(row, column))
	})
	end()
}
