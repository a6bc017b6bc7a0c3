package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// lanes is kernel.Lane.
const lanes = 16

// axpy writes Axpy for multiples of lanes.
func axpy(s isa) {
	begin(s, "axpy", "func(dst *float32, factor float32, x *float32, n int)", "is Axpy.")
	dst, x := argument("dst"), argument("x")
	factor := s.vector()
	VBROADCASTSS(argumentInMemory("factor"), factor)
	eachVector(s, argument("n"), func(offset reg.Register) {
		v := s.vector()
		VMOVUPS(from(dst, offset), v)
		VFMADD231PS(from(x, offset), factor, v)
		VMOVUPS(v, from(dst, offset))
	})
	end()
}
