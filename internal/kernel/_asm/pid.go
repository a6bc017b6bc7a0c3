package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Where things lie in PIDBlock, PIDGoal and PIDSums.
const (
	blockBytes  = 1344
	slopeOffset = 896

	countOffset, fractionOffset                   = 0, 8
	firingOffset, silentOffset, epsilonOffset     = 16, 20, 24
	weightOffset, weightNatsOffset                = 28, 100
	redundancyOffset, expectedOffset, backsOffset = 0, 1152, 1216
)

// pidKernel writes the kernel for two or three sources. Its registers hold
// what all antichains share; what belongs to one antichain comes and goes.
type pidKernel struct {
	s                 isa
	full              int           // the set of all sources
	mass, slope, sums reg.GPVirtual // of the lanes at hand
	goal              reg.Register
	count, fraction   operand.Mem // shifts
	one               operand.Op
	firing, silent    reg.VecVirtual // q(+), q(-) of the cells
	expected, through reg.VecVirtual // sums over antichains
}

func pidTwo(s isa)   { (&pidKernel{s: s, full: 3}).write("pidTwo", 2) }
func pidThree(s isa) { (&pidKernel{s: s, full: 7}).write("pidThree", 3) }

func (k *pidKernel) write(name string, sources int) {
	begin(k.s, name, "func(blocks *uint64, n int, goal *uint64, sums *float32)", fmt.Sprintf("is the generic kernel for n > 0 vectors of %d cells.", k.s.bytes()/4))
	k.mass, k.goal = GP64(), argument("goal")
	MOVQ(argument("blocks"), k.mass)
	n := argument("n")
	k.slope, k.sums = GP64(), GP64()
	sums := argument("sums")
	k.count, k.fraction = k.parameter(countOffset), k.parameter(fractionOffset)
	k.one = k.s.constant("one", bits32(1))
	Label("block")
	LEAQ(operand.Mem{Base: k.mass, Disp: slopeOffset}, k.slope)
	MOVQ(sums, k.sums)
	if k.s.bytes() == 64 {
		k.lanes(sources)
		ADDQ(operand.U32(blockBytes), k.mass)
	} else {
		k.halves(sources, n, sums)
	}
	DECQ(n)
	JNZ(operand.LabelRef("block"))
	Label("done")
	end()
}

// halves serves the first half of a block and then the other one, if there is
// a vector left.
func (k *pidKernel) halves(sources int, n, sums reg.Register) {
	end := GP64()
	LEAQ(operand.Mem{Base: sums, Disp: 64}, end)
	Label("half")
	k.lanes(sources)
	ADDQ(operand.Imm(64), k.mass)
	ADDQ(operand.Imm(32), k.slope)
	ADDQ(operand.Imm(32), k.sums)
	CMPQ(k.sums, end)
	JEQ(operand.LabelRef("both"))
	DECQ(n)
	JNZ(operand.LabelRef("half"))
	JMP(operand.LabelRef("done"))
	Label("both")
	ADDQ(operand.U32(blockBytes-128), k.mass)
}

func (k *pidKernel) parameter(offset int) operand.Mem {
	return operand.Mem{Base: k.goal, Disp: offset}
}

// lanes serves as many cells as a vector has lanes.
func (k *pidKernel) lanes(sources int) {
	Comment("The cells' own masses")
	var own [8]int
	own[k.full] = 1
	_, k.firing, k.silent = k.split(k.union(own))
	k.expected, k.through = k.s.vector(), k.s.vector()
	VMOVUPS(operand.Mem{Base: k.sums, Disp: expectedOffset}, k.expected)
	VXORPS(k.through, k.through, k.through)
	inform := func() {}
	for a, antichain := range antichains[sources] {
		Comment(fmt.Sprintf("Antichain %d: %b", a, antichain))
		firing, silent := k.antichain(a, union(antichain), len(antichain) == 1)
		inform() // of the one before, whose ratios are ready by now
		inform = func() { k.information(a, firing, silent) }
	}
	inform()
	VMOVUPS(k.expected, operand.Mem{Base: k.sums, Disp: expectedOffset})
	Comment("Slopes")
	for set := 1; set <= k.full; set++ {
		k.addBacks(set, antichains[sources])
	}
}

// union adds the masses of an antichain's sets.
func (k *pidKernel) union(sign [8]int) [2]reg.VecVirtual {
	sum := [2]reg.VecVirtual{k.s.vector(), k.s.vector()}
	first := true
	for _, add := range []bool{true, false} {
		for set := 1; set <= k.full; set++ {
			for range abs(sign[set]) {
				if add != (sign[set] > 0) {
					continue
				}
				for i, v := range sum {
					m := operand.Mem{Base: k.mass, Disp: 128*(set-1) + i*k.s.bytes()}
					switch {
					case first:
						VMOVUPS(m, v)
					case add:
						VPADDQ(m, v, v)
					default:
						VPSUBQ(m, v, v)
					}
				}
				first = false
			}
		}
	}
	return sum
}

// split separates the number of samples, Σθ and Σ(1-θ) of masses.
func (k *pidKernel) split(mass [2]reg.VecVirtual) (all, firing, silent reg.VecVirtual) {
	var u, v, w [2]reg.VecVirtual
	for i, m := range mass {
		u[i], v[i], w[i] = k.s.vector(), k.s.vector(), k.s.vector()
		VPSRLQ(k.count, m, u[i])
		VPSLLQ(k.count, u[i], v[i])
		VPSUBQ(v[i], m, v[i])
		VPSLLQ(k.fraction, u[i], u[i])
		VPSUBQ(v[i], u[i], w[i])
	}
	return toFloat(k.s, u), toFloat(k.s, v), toFloat(k.s, w)
}

// antichain adds one antichain to the sums. A single set gives nothing back
// that has to be spread.
func (k *pidKernel) antichain(a int, sign [8]int, single bool) (ratioFiring, ratioSilent reg.VecVirtual) {
	u, v, w := k.split(k.union(sign))
	firing, silent := k.part(u, v, k.firing, firingOffset), k.part(u, w, k.silent, silentOffset)
	k.expect(a, u, firing, silent)
	if single {
		x, y := firing.counts.orZero(k.s, k.one), silent.counts.orZero(k.s, k.one)
		VSUBPS(y, x, x)
		VFMADD231PS(k.nats(a), x, k.through)
	} else {
		k.giveBack(a, firing, silent)
	}
	return firing.ratio, silent.ratio
}

// part is what concerns one output value y of an antichain.
type part struct {
	counts  condition      // whether the ratio counts
	ratio   reg.VecVirtual // f, or 1
	event   reg.VecVirtual // v
	share   reg.VecVirtual // q, or 0
	inverse reg.VecVirtual // 1/(u p + ε)
}

// part is what concerns the output value y with p(y) at that offset.
func (k *pidKernel) part(u, v, q reg.VecVirtual, p int) part {
	inverse, ratio := k.ratio(u, v, p)
	counts := atLeast(k.s, ratio, symbol("smallest_ratio", bits32(1e-7)))
	counts.orOne(k.s, ratio, k.one)
	return part{counts, ratio, v, counts.orZero(k.s, q), inverse}
}

// expect adds the expected part, w u/ln 2 (q(+)/(u p(+) + ε) - q(-)/(u p(-) + ε)),
// and overwrites u and the inverses.
func (k *pidKernel) expect(a int, u reg.VecVirtual, firing, silent part) {
	difference := firing.inverse
	VMULPS(firing.share, difference, difference)
	VFNMADD231PS(silent.share, silent.inverse, difference)
	VMULPS(k.nats(a), u, u)
	VFMADD231PS(u, difference, k.expected)
}

// nats is the antichain's weight by ln 2.
func (k *pidKernel) nats(a int) reg.VecVirtual {
	return broadcast(k.s, k.parameter(weightNatsOffset+4*a))
}

// ratio returns 1/(u p + ε) and v/(u p + ε). One Newton step rounds the ratio
// as a division would, so that that of a saturated neuron is exactly 1.
func (k *pidKernel) ratio(u, v reg.VecVirtual, p int) (inverse, ratio reg.VecVirtual) {
	expected, inverse := broadcast(k.s, k.parameter(p)), broadcast(k.s, symbol("one", bits32(1)))
	VFMADD213PS(broadcast(k.s, k.parameter(epsilonOffset)), u, expected)
	VDIVPS(expected, inverse, inverse)
	ratio = k.s.vector()
	VMULPS(v, inverse, ratio)
	VFNMADD213PS(v, ratio, expected)
	VFMADD231PS(expected, inverse, ratio)
	return inverse, ratio
}

// giveBack stores w/ln 2 (q(+)/v(+) - q(-)/v(-)), by one division. Where the
// ratio counts, v is a positive whole number; elsewhere q is 0, and v must not be.
func (k *pidKernel) giveBack(a int, firing, silent part) {
	VMAXPS(k.one, firing.event, firing.event)
	VMAXPS(k.one, silent.event, silent.event)
	back := firing.share
	VMULPS(silent.event, back, back)
	VFNMADD231PS(silent.share, firing.event, back)
	VMULPS(silent.event, firing.event, firing.event)
	VDIVPS(firing.event, back, back)
	VMULPS(k.nats(a), back, back)
	VMOVUPS(back, k.back(a))
}

// information adds q(+) log₂ f(+) + q(-) log₂ f(-) to the redundancy, and the
// weighted difference of the logarithms to the slope.
func (k *pidKernel) information(a int, ratioFiring, ratioSilent reg.VecVirtual) {
	x, y := log2(k.s, ratioFiring), log2(k.s, ratioSilent)
	sum, redundancy := k.s.vector(), operand.Mem{Base: k.sums, Disp: redundancyOffset + 64*a}
	VMOVUPS(redundancy, sum)
	VFMADD231PS(k.firing, x, sum)
	VFMADD231PS(k.silent, y, sum)
	VMOVUPS(sum, redundancy)
	VSUBPS(y, x, x)
	VFMADD231PS(broadcast(k.s, k.parameter(weightOffset+4*a)), x, k.through)
}

func (k *pidKernel) back(a int) operand.Mem {
	return operand.Mem{Base: k.sums, Disp: backsOffset + 64*a}
}

// addBacks stores the slope by the mass of a set: what all antichains with
// that set give back.
func (k *pidKernel) addBacks(set int, antichains [][]int) {
	slope, empty := k.s.vector(), true
	if set == k.full {
		slope, empty = k.through, false
	}
	for _, add := range []bool{true, false} {
		for a, antichain := range antichains {
			sign := union(antichain)[set]
			if len(antichain) == 1 || add != (sign > 0) {
				continue
			}
			for range abs(sign) {
				k.accumulate(k.back(a), slope, add, &empty)
			}
		}
	}
	VMOVUPS(slope, operand.Mem{Base: k.slope, Disp: 64 * (set - 1)})
}

// accumulate adds m to sum, subtracts it, or loads it if sum is empty.
func (k *pidKernel) accumulate(m operand.Mem, sum reg.VecVirtual, add bool, empty *bool) {
	switch {
	case *empty:
		VMOVUPS(m, sum)
	case add:
		VADDPS(m, sum, sum)
	default:
		VSUBPS(m, sum, sum)
	}
	*empty = false
}
