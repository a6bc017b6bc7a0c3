package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// flushTiny writes FlushTiny for n floats, a multiple of 16.
func flushTiny(s isa) {
	begin(s, "flushTiny", "func(v *float32, n int)", "is FlushTiny.")
	v := argument("v")
	f := newFlush(s)
	eachVector(s, argument("n"), func(offset reg.Register) {
		x := s.vector()
		VMOVUPS(from(v, offset), x)
		f.apply(x)
		VMOVUPS(x, from(v, offset))
	})
	end()
}

// flush sets tiny numbers to 0.
type flush struct {
	s         isa
	magnitude reg.VecVirtual
	tiny      operand.Op
}

func newFlush(s isa) flush {
	return flush{s, register(s, "magnitude", 0x7fffffff), s.constant("tiny", bits32(0x1p-96))}
}

func (f flush) apply(x reg.VecVirtual) {
	size := f.s.vector()
	VANDPS(f.magnitude, x, size)
	f.s.zeroWhere(x, lessThan, size, f.tiny)
}
