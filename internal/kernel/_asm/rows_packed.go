package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// addPacked writes AddPacked: a loop for each width.
func addPacked(s isa) {
	begin(s, "addPacked", "func(dst, m *float32, first, last *uint32, entry *uint16, table *float32, n, lanes int)",
		"is AddPacked for n rows of 16·lanes floats.")
	jumpToWidth()
	for lanes := maxLanes; lanes > 0; lanes-- {
		Label(label("width", lanes))
		packedLoop(s, lanes)
	}
}

// packedLoop adds to n rows and returns. Empty lists are passed over.
func packedLoop(s isa, lanes int) {
	dst, m, table := argument("dst"), argument("m"), argument("table")
	first, last, n := argument("first"), argument("last"), argument("n")
	sums := make([]reg.VecVirtual, 64*lanes/s.bytes())
	for j := range sums {
		sums[j] = s.vector()
	}
	entry, k, row, value, factor := GP64(), GP64(), GP64(), GP64(), s.vector()
	Label(label("list", lanes))
	MOVL(Mem{Base: first}, k.As32())
	MOVL(Mem{Base: last}, row.As32())
	MOVQ(argumentInMemory("entry"), entry)
	LEAQ(Mem{Base: entry, Index: row, Scale: 2}, entry)
	SUBQ(row, k) // counts up to 0 at the end of the list
	JGE(LabelRef(label("next", lanes)))
	for j, v := range sums {
		VMOVUPS(at(s, dst, j), v)
	}
	Label(label("one", lanes))
	MOVWLZX(Mem{Base: entry, Index: k, Scale: 2}, row.As32())
	MOVBLZX(row.As8(), value.As32())
	SHRL(Imm(8), row.As32())
	IMUL3Q(U32(64*lanes), row, row)
	ADDQ(m, row)
	VBROADCASTSS(Mem{Base: table, Index: value, Scale: 4}, factor)
	for j, v := range sums {
		VFMADD231PS(at(s, row, j), factor, v)
	}
	INCQ(k)
	JNZ(LabelRef(label("one", lanes)))
	for j, v := range sums {
		VMOVUPS(v, at(s, dst, j))
	}
	Label(label("next", lanes))
	ADDQ(U32(64*lanes), dst)
	ADDQ(Imm(4), first)
	ADDQ(Imm(4), last)
	DECQ(n)
	JNZ(LabelRef(label("list", lanes)))
	end()
}

// scatterPacked writes ScatterPacked: a loop for each width.
func scatterPacked(s isa) {
	begin(s, "scatterPacked", "func(dst, m *float32, first, last *uint32, entry *uint16, table *float32, n, lanes int)",
		"is ScatterPacked for n rows of 16·lanes floats.")
	jumpToWidth()
	for lanes := maxLanes; lanes > 0; lanes-- {
		Label(label("width", lanes))
		scatterLoop(s, lanes)
	}
}

// scatterLoop adds n rows and returns. Empty lists are passed over.
func scatterLoop(s isa, lanes int) {
	dst, m, table := argument("dst"), argument("m"), argument("table")
	first, last, n := argument("first"), argument("last"), argument("n")
	source := make([]reg.VecVirtual, 64*lanes/s.bytes())
	for j := range source {
		source[j] = s.vector()
	}
	entry, k, row, value, factor, sum := GP64(), GP64(), GP64(), GP64(), s.vector(), s.vector()
	Label(label("list", lanes))
	MOVL(Mem{Base: first}, k.As32())
	MOVL(Mem{Base: last}, row.As32())
	MOVQ(argumentInMemory("entry"), entry)
	LEAQ(Mem{Base: entry, Index: row, Scale: 2}, entry)
	SUBQ(row, k) // counts up to 0 at the end of the list
	JGE(LabelRef(label("next", lanes)))
	for j, v := range source {
		VMOVUPS(at(s, m, j), v)
	}
	Label(label("one", lanes))
	MOVWLZX(Mem{Base: entry, Index: k, Scale: 2}, row.As32())
	MOVBLZX(row.As8(), value.As32())
	SHRL(Imm(8), row.As32())
	IMUL3Q(U32(64*lanes), row, row)
	ADDQ(dst, row)
	VBROADCASTSS(Mem{Base: table, Index: value, Scale: 4}, factor)
	for j, v := range source {
		VMOVUPS(at(s, row, j), sum)
		VFMADD231PS(v, factor, sum)
		VMOVUPS(sum, at(s, row, j))
	}
	INCQ(k)
	JNZ(LabelRef(label("one", lanes)))
	Label(label("next", lanes))
	ADDQ(U32(64*lanes), m)
	ADDQ(Imm(4), first)
	ADDQ(Imm(4), last)
	DECQ(n)
	JNZ(LabelRef(label("list", lanes)))
	end()
}
