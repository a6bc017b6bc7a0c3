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
	find := newPlaceFinder()
	shift, unit := YMM(), YMM()
	zero, one, invalid := YMM(), broadcast(s, symbol("one", bits32(1))), YMM()
	VBROADCASTSD(argumentInMemory("shift"), shift)
	VPBROADCASTQ(argumentInMemory("unit"), unit)
	VXORPS(zero, zero, zero)
	VXORPS(invalid, invalid, invalid)
	cellsAhead, thetaAhead := rowsAhead(stride, 2), rowsAhead(stride, 4)
	Label("sample")
	PREFETCHT0(operand.Mem{Base: cell, Index: cellsAhead, Scale: 8})
	PREFETCHT0(operand.Mem{Base: theta, Index: thetaAhead, Scale: 8})
	masses := massesOf(theta, zero, one, shift, unit, invalid)
	old, mass := GP64(), GP64()
	var place [columns]reg.GPVirtual
	find.each(cell, neurons, func(n int, at reg.GPVirtual) {
		place[n] = at
		takeLong(masses[n/4], n%4, mass)
		word := operand.Mem{Base: table, Index: at, Scale: 8}
		MOVQ(word, old)
		ADDQ(old, mass)
		MOVQ(mass, word)
		TESTQ(old, old)
		JZ(operand.LabelRef(fmt.Sprint("new", n)))
		Label(fmt.Sprint("counted", n))
	})
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
		BTSQ(place[n], operand.Mem{Base: occupied})
		JMP(operand.LabelRef(fmt.Sprint("counted", n)))
	}
}

// rowsAhead is an eighth of the bytes to 16 rows on, of numbers of that size. A
// row's columns are a small part of it, which processors do not foresee.
func rowsAhead(stride reg.Register, size int) reg.GPVirtual {
	ahead := GP64()
	IMUL3Q(operand.Imm(uint64(2*size)), stride, ahead)
	return ahead
}

// massesOf returns the masses of one sample.
func massesOf(theta reg.Register, zero, one, shift, unit, invalid reg.VecVirtual) [2]reg.VecVirtual {
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
	masses := [2]reg.VecVirtual{low, high}
	for _, half := range masses {
		VADDPD(shift, half, half)
		VPADDQ(unit, half, half)
	}
	return masses
}

// takeLong moves the n-th 64-bit number of v to dst. The third one overwrites
// the first, so they are to be taken in order. By way of memory, which is
// written whole and read in parts, every sample would wait for the one before.
func takeLong(v reg.VecVirtual, n int, dst reg.GPVirtual) {
	if n == 2 {
		VEXTRACTI128(operand.Imm(1), v, v.AsX())
	}
	if n%2 == 0 {
		VMOVQ(v.AsX(), dst)
	} else {
		VPEXTRQ(operand.Imm(1), v.AsX(), dst)
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

// each runs body for the place of each neuron's cell. Two places at a time leave
// the vector.
func (f placeFinder) each(cell reg.Register, neurons int, body func(neuron int, place reg.GPVirtual)) {
	x, y := XMM(), YMM()
	VMOVUPS(operand.Mem{Base: cell}, x)
	VPMINUW(f.last, x, x)
	VPMOVZXWD(x, y)
	VPSLLD(operand.Imm(3), y, y)
	VPADDD(f.lanes, y, y)
	for n := 0; n < neurons; n += 2 {
		first, pair := GP64(), GP64()
		takeLong(y, n/2, pair)
		MOVL(pair.As32(), first.As32())
		body(n, first)
		SHRQ(operand.Imm(32), pair)
		if n+1 < neurons {
			body(n+1, pair)
		}
	}
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
		find := newPlaceFinder()
		ahead := rowsAhead(stride, 4)
		Label("sample")
		PREFETCHT0(operand.Mem{Base: dst, Index: ahead, Scale: 8})
		find.each(cell, neurons, func(n int, place reg.GPVirtual) {
			value := GP32()
			MOVL(operand.Mem{Base: table, Index: place, Scale: 8}, value)
			MOVL(value, operand.Mem{Base: dst, Disp: 4 * n})
		})
		LEAQ(operand.Mem{Base: cell, Index: stride, Scale: 2}, cell)
		LEAQ(operand.Mem{Base: dst, Index: stride, Scale: 4}, dst)
		DECQ(samples)
		JNZ(operand.LabelRef("sample"))
		end()
	}
}
