package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// columns is the number of neurons in a row of the table.
const columns = 8

// countMasses writes countMasses1 to countMasses8, for that many neurons. They
// are bound by scalar loads and stores, so one version serves both
// instruction sets.
func countMasses(s isa) {
	if s != (avx2{}) {
		return
	}
	for neurons := 1; neurons <= columns; neurons++ {
		countMassesOf(s, neurons)
	}
}

func countMassesOf(s isa, neurons int) {
	begin(s, fmt.Sprint("countMasses", neurons),
		"func(table, occupied *uint64, cell *uint16, theta *float32, stride, samples int, last uint16, shift float64, unit uint64) uint8",
		fmt.Sprintf("is Masses.Count for %d neurons. Unit turns the bits of θ + shift into a mass.", neurons))
	table, occupied := argument("table"), argument("occupied")
	cell, theta, stride, samples := argument("cell"), argument("theta"), argument("stride"), argument("samples")
	places, masses := AllocLocal(4*columns), AllocLocal(8*columns)
	find := newPlaceFinder()
	shift, unit := YMM(), YMM()
	zero, one, invalid := YMM(), broadcast(s, symbol("one", bits32(1))), YMM()
	VBROADCASTSD(argumentInMemory("shift"), shift)
	VPBROADCASTQ(argumentInMemory("unit"), unit)
	VXORPS(zero, zero, zero)
	VXORPS(invalid, invalid, invalid)
	Label("sample")
	find.store(cell, places)
	massesOf(theta, masses, zero, one, shift, unit, invalid)
	place, old, mass := GP64(), GP64(), GP64()
	for n := range neurons {
		MOVL(places.Offset(4*n), place.As32())
		MOVQ(masses.Offset(8*n), mass)
		word := operand.Mem{Base: table, Index: place, Scale: 8}
		MOVQ(word, old)
		ADDQ(old, mass)
		MOVQ(mass, word)
		TESTQ(old, old)
		JZ(operand.LabelRef(fmt.Sprint("new", n)))
		Label(fmt.Sprint("counted", n))
	}
	LEAQ(operand.Mem{Base: cell, Index: stride, Scale: 2}, cell)
	LEAQ(operand.Mem{Base: theta, Index: stride, Scale: 4}, theta)
	DECQ(samples)
	JNZ(operand.LabelRef("sample"))
	bits := GP32()
	VMOVMSKPS(invalid, bits)
	ANDL(operand.Imm(1<<neurons-1), bits)
	Store(bits.As8(), ReturnIndex(0))
	end()
	for n := range neurons {
		Label(fmt.Sprint("new", n))
		BTSQ(place, operand.Mem{Base: occupied})
		JMP(operand.LabelRef(fmt.Sprint("counted", n)))
	}
}

// massesOf stores the masses of one sample.
func massesOf(theta reg.Register, to operand.Mem, zero, one, shift, unit, invalid reg.VecVirtual) {
	const unordered = operand.U8(3)
	t, nan := YMM(), YMM()
	VMOVUPS(operand.Mem{Base: theta}, t)
	VCMPPS(unordered, t, t, nan)
	VORPS(nan, invalid, invalid)
	VMAXPS(zero, t, t) // of a NaN, the maximum is 0
	VMINPS(one, t, t)
	low, high := YMM(), YMM()
	VEXTRACTF128(operand.Imm(1), t, high.AsX())
	VCVTPS2PD(t.AsX(), low)
	VCVTPS2PD(high.AsX(), high)
	for i, half := range []reg.VecVirtual{low, high} {
		VADDPD(shift, half, half)
		VPADDQ(unit, half, half)
		VMOVUPS(half, to.Offset(32*i))
	}
}

// placeFinder finds the places of a sample's cells in the table.
type placeFinder struct{ last, lanes reg.VecVirtual }

func newPlaceFinder() placeFinder {
	f := placeFinder{XMM(), YMM()}
	VPBROADCASTW(argumentInMemory("last"), f.last)
	lanes, ok := symbols["lanes"]
	if !ok {
		lanes = GLOBL("lanes", RODATA|NOPTR)
		for i := range columns {
			DATA(4*i, operand.U32(i))
		}
		symbols["lanes"] = lanes
	}
	VMOVUPS(lanes, f.lanes)
	return f
}

func (f placeFinder) store(cell reg.Register, to operand.Mem) {
	x, y := XMM(), YMM()
	VMOVUPS(operand.Mem{Base: cell}, x)
	VPMINUW(f.last, x, x)
	VPMOVZXWD(x, y)
	VPSLLD(operand.Imm(3), y, y)
	VPADDD(f.lanes, y, y)
	VMOVUPS(y, to)
}

// pickMasses writes pickMasses1 to pickMasses8.
func pickMasses(s isa) {
	if s != (avx2{}) {
		return
	}
	for neurons := 1; neurons <= columns; neurons++ {
		begin(s, fmt.Sprint("pickMasses", neurons),
			"func(table *uint64, dst *float32, cell *uint16, stride, samples int, last uint16)",
			fmt.Sprintf("is Masses.Pick for %d neurons.", neurons))
		table, dst, cell := argument("table"), argument("dst"), argument("cell")
		stride, samples := argument("stride"), argument("samples")
		places := AllocLocal(4 * columns)
		find := newPlaceFinder()
		Label("sample")
		find.store(cell, places)
		for n := range neurons {
			place, value := GP64(), GP32()
			MOVL(places.Offset(4*n), place.As32())
			MOVL(operand.Mem{Base: table, Index: place, Scale: 8}, value)
			MOVL(value, operand.Mem{Base: dst, Disp: 4 * n})
		}
		LEAQ(operand.Mem{Base: cell, Index: stride, Scale: 2}, cell)
		LEAQ(operand.Mem{Base: dst, Index: stride, Scale: 4}, dst)
		DECQ(samples)
		JNZ(operand.LabelRef("sample"))
		end()
	}
}
