package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is one of the instruction sets that kernels are written for.
type isa interface {
	name() string           // suffix of function names
	bytes() int             // of a vector
	vector() reg.VecVirtual // a new vector register
}

type avx512 struct{}

func (avx512) name() string           { return "AVX512" }
func (avx512) bytes() int             { return 64 }
func (avx512) vector() reg.VecVirtual { return ZMM() }

type avx2 struct{}

func (avx2) name() string           { return "AVX2" }
func (avx2) bytes() int             { return 32 }
func (avx2) vector() reg.VecVirtual { return YMM() }

// at is the i-th vector from base.
func at(s isa, base reg.Register, i int) operand.Mem {
	return operand.Mem{Base: base, Disp: s.bytes() * i}
}
