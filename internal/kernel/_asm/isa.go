package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is one of the instruction sets that kernels are written for.
type isa interface {
	name() string           // suffix of function names
	bytes() int             // of a vector
	registers() int         // how many vector registers there are
	vector() reg.VecVirtual // a new vector register

	// constant is a number in every lane, as an operand: in a register where
	// there are plenty of them, otherwise in memory.
	constant(name string, bits uint32) operand.Op
	// parameter is the i-th number of those that p points to, which holds each
	// of them in every lane of the widest AVX2 vector, as an operand.
	parameter(p reg.Register, i int) operand.Op
	// xor sets dst to a ^ b.
	xor(a, b operand.Op, dst reg.VecVirtual)
	// storeLess writes a bit for each lane: whether a < b.
	storeLess(a reg.VecVirtual, b operand.Op, to operand.Mem)
	// storeWords writes the integers of v as 16-bit words.
	storeWords(v reg.VecVirtual, to operand.Mem)
	// ceil rounds v up to integers.
	ceil(v reg.VecVirtual)
	// inverse returns what writes 1/d, for d from 1 to 2^125. It overwrites d.
	inverse() func(d reg.VecVirtual) reg.VecVirtual
	// zeroWhere sets the lanes of v to 0 where a compared with b holds.
	zeroWhere(v reg.VecVirtual, predicate operand.Constant, a reg.VecVirtual, b operand.Op)
}

// The predicates of VCMPPS; none holds for NaN.
const (
	lessThan       = operand.U8(0x11)
	lessOrEqual    = operand.U8(0x12)
	greaterOrEqual = operand.U8(0x1d)
	greaterThan    = operand.U8(0x1e)
	equal          = operand.U8(0x00)
)

// roundUp is the mode of VROUNDPS and VRNDSCALEPS that rounds up and does not
// report inexact results.
const roundUp = 0x0a

type avx512 struct{}

func (avx512) name() string           { return "AVX512" }
func (avx512) bytes() int             { return 64 }
func (avx512) registers() int         { return 32 }
func (avx512) vector() reg.VecVirtual { return ZMM() }

func (s avx512) constant(name string, bits uint32) operand.Op { return register(s, name, bits) }

func (s avx512) parameter(p reg.Register, i int) operand.Op {
	v := s.vector()
	VBROADCASTSS(operand.Mem{Base: p, Disp: 32 * i}, v)
	return v
}

func (avx512) xor(a, b operand.Op, dst reg.VecVirtual) { VPXORD(a, b, dst) }

func (avx512) storeLess(a reg.VecVirtual, b operand.Op, to operand.Mem) {
	less := K()
	VCMPPS(lessThan, b, a, less)
	KMOVW(less, to)
}

func (avx512) storeWords(v reg.VecVirtual, to operand.Mem) { VPMOVDW(v, to) }

func (avx512) ceil(v reg.VecVirtual) { VRNDSCALEPS(operand.Imm(roundUp), v, v) }

// inverse does without a division, which would keep the multipliers waiting:
// one exact to 5% from the bits of d, then two steps of Newton's method, of
// third and of second order, to 2e-8. Where d is 1 the result is 1.
func (s avx512) inverse() func(d reg.VecVirtual) reg.VecVirtual {
	one, guess := s.constant("one", bits32(1)), s.constant("guess", 0x7ef311c0)
	return func(d reg.VecVirtual) reg.VecVirtual {
		v, e, u := ZMM(), ZMM(), ZMM()
		VPSUBD(d, guess, v)
		VMOVAPS(one, e)
		VFNMADD231PS(v, d, e)
		VMOVAPS(e, u)
		VFMADD213PS(e, e, u)
		VFMADD213PS(v, v, u)
		VFNMADD213PS(one, u, d)
		VFMADD213PS(u, u, d)
		return d
	}
}

func (avx512) zeroWhere(v reg.VecVirtual, predicate operand.Constant, a reg.VecVirtual, b operand.Op) {
	where := K()
	VCMPPS(predicate, b, a, where)
	VPXORD(v, v, where, v)
}

type avx2 struct{}

func (avx2) name() string           { return "AVX2" }
func (avx2) bytes() int             { return 32 }
func (avx2) registers() int         { return 16 }
func (avx2) vector() reg.VecVirtual { return YMM() }

func (avx2) constant(name string, bits uint32) operand.Op { return symbol(name, bits) }

func (avx2) parameter(p reg.Register, i int) operand.Op {
	return operand.Mem{Base: p, Disp: 32 * i}
}

func (avx2) xor(a, b operand.Op, dst reg.VecVirtual) { VPXOR(a, b, dst) }

func (avx2) storeLess(a reg.VecVirtual, b operand.Op, to operand.Mem) {
	less, bits := YMM(), GP32()
	VCMPPS(lessThan, b, a, less)
	VMOVMSKPS(less, bits)
	MOVB(bits.As8(), to)
}

func (avx2) storeWords(v reg.VecVirtual, to operand.Mem) {
	low, high := v.AsX(), XMM()
	VEXTRACTI128(operand.Imm(1), v, high)
	VPACKUSDW(high, low, high)
	VMOVDQU(high, to)
}

func (avx2) ceil(v reg.VecVirtual) { VROUNDPS(operand.Imm(roundUp), v, v) }

func (s avx2) inverse() func(d reg.VecVirtual) reg.VecVirtual {
	one := s.constant("one", bits32(1))
	return func(d reg.VecVirtual) reg.VecVirtual {
		v := YMM()
		VMOVUPS(one, v)
		VDIVPS(d, v, v)
		return v
	}
}

func (avx2) zeroWhere(v reg.VecVirtual, predicate operand.Constant, a reg.VecVirtual, b operand.Op) {
	where := YMM()
	VCMPPS(predicate, b, a, where)
	VANDNPS(v, where, v)
}

// at is the i-th vector from base.
func at(s isa, base reg.Register, i int) operand.Mem {
	return operand.Mem{Base: base, Disp: s.bytes() * i}
}

// from is what lies offset bytes from base.
func from(base, offset reg.Register) operand.Mem {
	return operand.Mem{Base: base, Index: offset, Scale: 1}
}

// symbols are the constants in memory by name.
var symbols = map[string]operand.Mem{}

// symbol is a constant in memory, in every lane of the widest AVX2 vector.
func symbol(name string, bits uint32) operand.Mem {
	m, ok := symbols[name]
	if !ok {
		m = GLOBL(name, RODATA|NOPTR)
		for i := range 8 {
			DATA(4*i, operand.U32(bits))
		}
		symbols[name] = m
	}
	return m
}

// register is a new register with a number in every lane.
func register(s isa, name string, bits uint32) reg.VecVirtual {
	v := s.vector()
	VBROADCASTSS(symbol(name, bits), v)
	return v
}

// bits32 is the encoding of a float.
func bits32(v float32) uint32 { return math.Float32bits(v) }

// argument loads a pointer or an integer argument of the function.
func argument(name string) reg.Register { return Load(Param(name), GP64()) }

// argumentInMemory is a pointer or an integer argument of the function where
// the caller put it.
func argumentInMemory(name string) operand.Mem {
	a, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return a.Addr
}

// begin starts a function, with the name of the instruction set at the end of
// its own.
func begin(s isa, name, signature, doc string) {
	TEXT(name+s.name(), NOSPLIT, signature)
	Doc(name + s.name() + " " + doc)
	Pragma("noescape")
}

// end returns from the function.
func end() {
	VZEROUPPER()
	RET()
}

// eachVector runs body for n floats, a vector at a time, with the offset in
// bytes. n is positive and a multiple of the vector.
func eachVector(s isa, n reg.Register, body func(offset reg.Register)) {
	offset := GP64()
	SHLQ(operand.Imm(2), n)
	XORQ(offset, offset)
	Label("vector")
	body(offset)
	ADDQ(operand.Imm(uint64(s.bytes())), offset)
	CMPQ(offset, n)
	JB(operand.LabelRef("vector"))
}
