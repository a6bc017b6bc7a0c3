package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// flushTiny writes FlushTiny for n floats, a multiple of 16.
func flushTiny(s isa) {
	begin(s, "flushTiny", "func(v *float32, n int)", "is FlushTiny.")
	v := argument("v")
	magnitude := register(s, "magnitude", 0x7fffffff)
	tiny := s.constant("tiny", bits32(0x1p-96))
	eachVector(s, argument("n"), func(offset reg.Register) {
		x, size := s.vector(), s.vector()
		VMOVUPS(from(v, offset), x)
		VANDPS(magnitude, x, size)
		s.zeroWhere(x, lessThan, size, tiny)
		VMOVUPS(x, from(v, offset))
	})
	end()
}
