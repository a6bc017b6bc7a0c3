package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// maxLanes is the widest row, in units of 16 floats: what fits in registers
// beside the factor.
const maxLanes = 7

// addLists writes AddLists with and without values: a function each, which
// holds a loop for each width.
func addLists(s isa) {
	addListsOf(s, true)
	addListsOf(s, false)
}

// lists writes a kernel for rows of some lanes.
type lists struct {
	s      isa
	lanes  int
	valued bool
	m      reg.Register
	index  reg.Register // past the end of the current list
	value  reg.Register
	k      reg.Register // counts up to 0 at the end of the list
	factor reg.VecVirtual
	row    reg.Register
}

func addListsOf(s isa, valued bool) {
	name, values := "sumLists", ""
	if valued {
		name, values = "addLists", "value *float32, "
	}
	begin(s, name, "func(dst, m *float32, first, last, index *int32, "+values+"n, lanes int)",
		"is AddLists for n rows of 16·lanes floats.")
	jumpToWidth()
	for lanes := maxLanes; lanes > 0; lanes-- {
		Label(label("width", lanes))
		l := lists{s: s, lanes: lanes, valued: valued, m: argument("m"),
			index: GP64(), value: GP64(), k: GP64(), row: GP64(), factor: s.vector()}
		l.write()
	}
}

// jumpToWidth goes on at the loop for the lanes of the argument. That for the
// most lanes follows.
func jumpToWidth() {
	width := argument("lanes")
	for lanes := 1; lanes < maxLanes; lanes++ {
		CMPQ(width, Imm(uint64(lanes)))
		JEQ(LabelRef(label("width", lanes)))
	}
}

// label is the name of a label of the loop for a width.
func label(name string, lanes int) string { return fmt.Sprintf("%s%d", name, lanes) }

func (l lists) label(name string) string { return label(name, l.lanes) }

func (l lists) jump(name string) LabelRef { return LabelRef(l.label(name)) }

// write writes the loop for a width, and returns.
func (l lists) write() {
	s, lanes := l.s, l.lanes
	dst, first, last, n := argument("dst"), argument("first"), argument("last"), argument("n")

	// Narrow rows are added to several sums in turn, so as not to wait for
	// the last addition.
	sums := make([][]reg.VecVirtual, max(1, 4/lanes))
	for i := range sums {
		sums[i] = make([]reg.VecVirtual, 64*lanes/s.bytes())
		for j := range sums[i] {
			sums[i][j] = s.vector()
		}
	}
	Label(l.label("list"))
	MOVLQSX(Mem{Base: first}, l.k)
	MOVLQSX(Mem{Base: last}, l.row)
	MOVQ(argumentInMemory("index"), l.index)
	LEAQ(Mem{Base: l.index, Index: l.row, Scale: 4}, l.index)
	if l.valued {
		MOVQ(argumentInMemory("value"), l.value)
		LEAQ(Mem{Base: l.value, Index: l.row, Scale: 4}, l.value)
	}
	SUBQ(l.row, l.k)
	JGE(l.jump("next"))
	for j, v := range sums[0] {
		VMOVUPS(at(s, dst, j), v)
	}
	if len(sums) > 1 {
		l.several(sums)
	}
	Label(l.label("one"))
	l.add(sums[0], 0)
	INCQ(l.k)
	JNZ(l.jump("one"))
	Label(l.label("store"))
	for j, v := range sums[0] {
		VMOVUPS(v, at(s, dst, j))
	}
	Label(l.label("next"))
	ADDQ(U32(64*lanes), dst)
	ADDQ(Imm(4), first)
	ADDQ(Imm(4), last)
	DECQ(n)
	JNZ(l.jump("list"))
	end()
}

// several adds rows to all sums in turn, as long as there are as many, and
// then the sums.
func (l lists) several(sums [][]reg.VecVirtual) {
	step := uint32(len(sums))
	ADDQ(U32(step), l.k)
	JG(l.jump("few"))
	for _, sum := range sums[1:] {
		for _, v := range sum {
			l.s.xor(v, v, v)
		}
	}
	Label(l.label("several"))
	for i, sum := range sums {
		l.add(sum, i-len(sums))
	}
	ADDQ(U32(step), l.k)
	JLE(l.jump("several"))
	for _, sum := range sums[1:] {
		for j, v := range sum {
			VADDPS(v, sums[0][j], sums[0][j])
		}
	}
	Label(l.label("few"))
	SUBQ(U32(step), l.k)
	JZ(l.jump("store"))
}

// add adds the row of the entry that is offset after the current one.
func (l lists) add(sum []reg.VecVirtual, offset int) {
	MOVLQSX(Mem{Base: l.index, Index: l.k, Scale: 4, Disp: 4 * offset}, l.row)
	IMUL3Q(U32(64*l.lanes), l.row, l.row)
	ADDQ(l.m, l.row)
	if l.valued {
		VBROADCASTSS(Mem{Base: l.value, Index: l.k, Scale: 4, Disp: 4 * offset}, l.factor)
	}
	for j, v := range sum {
		if l.valued {
			VFMADD231PS(at(l.s, l.row, j), l.factor, v)
		} else {
			VADDPS(at(l.s, l.row, j), v, v)
		}
	}
}
