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

// label is the name of a label of the loop for a width.
func label(name string, width int) string { return fmt.Sprintf("%s%d", name, width) }

// addPacked writes AddPacked: a loop for each number of vectors.
func addPacked(s isa) {
	begin(s, "addPacked", "func(dst, m *float32, first, last *uint32, entry *uint16, table *float32, n, pitch, vectors int)",
		"is AddPacked for n rows of some vectors, which begin pitch bytes after each other.")
	most := 64 * maxLanes / s.bytes()
	width := argument("vectors")
	for vectors := 1; vectors < most; vectors++ {
		CMPQ(width, Imm(uint64(vectors)))
		JEQ(LabelRef(label("width", vectors)))
	}
	for vectors := most; vectors > 0; vectors-- {
		Label(label("width", vectors))
		packedLoop(s, vectors)
	}
}

// packedLoop adds to n rows and returns. Empty lists are passed over.
func packedLoop(s isa, vectors int) {
	dst, m, table, pitch := argument("dst"), argument("m"), argument("table"), argument("pitch")
	first, last, n := argument("first"), argument("last"), argument("n")
	sums := make([]reg.VecVirtual, vectors)
	for j := range sums {
		sums[j] = s.vector()
	}
	entry, k, row, value, factor := GP64(), GP64(), GP64(), GP64(), s.vector()
	Label(label("list", vectors))
	MOVL(Mem{Base: first}, k.As32())
	MOVL(Mem{Base: last}, row.As32())
	MOVQ(argumentInMemory("entry"), entry)
	LEAQ(Mem{Base: entry, Index: row, Scale: 2}, entry)
	SUBQ(row, k) // counts up to 0 at the end of the list
	JGE(LabelRef(label("next", vectors)))
	for j, v := range sums {
		VMOVUPS(at(s, dst, j), v)
	}
	Label(label("one", vectors))
	MOVWLZX(Mem{Base: entry, Index: k, Scale: 2}, row.As32())
	MOVBLZX(row.As8(), value.As32())
	SHRL(Imm(8), row.As32())
	IMULQ(pitch, row)
	ADDQ(m, row)
	VBROADCASTSS(Mem{Base: table, Index: value, Scale: 4}, factor)
	for j, v := range sums {
		VFMADD231PS(at(s, row, j), factor, v)
	}
	INCQ(k)
	JNZ(LabelRef(label("one", vectors)))
	for j, v := range sums {
		VMOVUPS(v, at(s, dst, j))
	}
	Label(label("next", vectors))
	ADDQ(pitch, dst)
	ADDQ(Imm(4), first)
	ADDQ(Imm(4), last)
	DECQ(n)
	JNZ(LabelRef(label("list", vectors)))
	end()
}

// turnPacked writes TurnPacked.
func turnPacked() {
	TEXT("turnPackedX86", NOSPLIT, "func(dst *uint16, end, first, last *uint32, entry *uint16, n int)")
	Doc("turnPackedX86 is TurnPacked for n lists.")
	Pragma("noescape")
	dst, end, entry := argument("dst"), argument("end"), argument("entry")
	first, last, n := argument("first"), argument("last"), argument("n")
	k, beyond, sample, e, row, at := GP64(), GP64(), GP32(), GP32(), GP64(), GP64()
	XORL(sample, sample)
	Label("list")
	MOVL(Mem{Base: first}, k.As32())
	MOVL(Mem{Base: last}, beyond.As32())
	CMPQ(k, beyond)
	JAE(LabelRef("next"))
	Label("one")
	MOVWLZX(Mem{Base: entry, Index: k, Scale: 2}, e)
	MOVL(e, row.As32())
	SHRL(Imm(8), row.As32())
	MOVBLZX(e.As8(), e)
	ORL(sample, e)
	MOVL(Mem{Base: end, Index: row, Scale: 4}, at.As32())
	MOVW(e.As16(), Mem{Base: dst, Index: at, Scale: 2})
	INCL(at.As32())
	MOVL(at.As32(), Mem{Base: end, Index: row, Scale: 4})
	INCQ(k)
	CMPQ(k, beyond)
	JB(LabelRef("one"))
	Label("next")
	ADDL(U32(256), sample)
	ADDQ(Imm(4), first)
	ADDQ(Imm(4), last)
	DECQ(n)
	JNZ(LabelRef("list"))
	RET()
}
