package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// groupCells walks through a neuron's cells: the word of each in the table,
// its groups, and its place in the blocks.
type groupCells struct {
	cells, n, table, places reg.Register
	word                    reg.GPVirtual // the number of the cell's first word in the table
	groups                  reg.GPVirtual // where the numbers of its groups are
	block                   reg.GPVirtual // where its place is
}

// each runs body for each cell. Places are as far apart as size, and rows of a
// block hold 16 of them.
func (c *groupCells) each(label string, blocks reg.Register, size int, body func()) {
	cell, end := GP64(), GP64()
	MOVQ(c.cells, cell)
	LEAQ(operand.Mem{Base: cell, Index: c.n, Scale: 2}, end)
	var left reg.GPVirtual
	if blocks != nil {
		left = GP64()
		MOVQ(blocks, c.block)
		MOVQ(operand.U32(blockCells), left)
	}
	Label(label)
	MOVWLZX(operand.Mem{Base: cell}, c.word.As32())
	MOVQ(c.word, c.groups)
	SHLQ(operand.Imm(4), c.groups)
	ADDQ(c.places, c.groups)
	SHLQ(operand.Imm(3), c.word)
	body()
	if blocks != nil {
		ADDQ(operand.Imm(uint64(size)), c.block)
		DECQ(left)
		JNZ(operand.LabelRef(label + "_same"))
		ADDQ(operand.U32(blockBytes-blockCells*size), c.block)
		MOVQ(operand.U32(blockCells), left)
		Label(label + "_same")
	}
	ADDQ(operand.Imm(2), cell)
	CMPQ(cell, end)
	JNE(operand.LabelRef(label))
}

// blockCells is the number of cells in a block.
const blockCells = 16

// group loads the number of a cell's group.
func (c *groupCells) group(set int) reg.GPVirtual {
	g := GP64()
	MOVWLZX(operand.Mem{Base: c.groups, Disp: 2 * set}, g.As32())
	return g
}

func newGroupCells() *groupCells {
	return &groupCells{
		cells: argument("cells"), n: argument("n"), table: argument("table"), places: argument("places"),
		word: GP64(), groups: GP64(), block: GP64(),
	}
}

// gatherMasses writes gatherMasses2 and gatherMasses6, for that many sets.
func gatherMasses(s isa) {
	if s != (avx2{}) {
		return
	}
	for _, sets := range []int{2, 6} {
		begin(s, fmt.Sprint("gatherMasses", sets),
			"func(table *uint64, cells *uint16, n int, places *uint16, mass, blocks *uint64) uint64",
			fmt.Sprintf("is Groups.Gather for %d sets and n > 0 cells.", sets))
		c := newGroupCells()
		mass, blocks := argument("mass"), argument("blocks")
		total, word := GP64(), GP64()
		XORQ(total, total)
		c.each("add", blocks, 8, func() {
			MOVQ(operand.Mem{Base: c.table, Index: c.word, Scale: 8}, word)
			ADDQ(word, total)
			MOVQ(word, operand.Mem{Base: c.block, Disp: 128 * sets})
			for set := range sets {
				ADDQ(word, operand.Mem{Base: mass, Index: c.group(set), Scale: 8})
			}
		})
		c.each("copy", blocks, 8, func() {
			for set := range sets {
				MOVQ(operand.Mem{Base: mass, Index: c.group(set), Scale: 8}, word)
				MOVQ(word, operand.Mem{Base: c.block, Disp: 128 * set})
			}
		})
		XORQ(word, word)
		c.each("clear", nil, 8, func() {
			for set := range sets {
				MOVQ(word, operand.Mem{Base: mass, Index: c.group(set), Scale: 8})
			}
		})
		Store(total, ReturnIndex(0))
		RET()
	}
}

// spreadSlopes writes spreadSlopes2 and spreadSlopes6, for that many sets.
func spreadSlopes(s isa) {
	if s != (avx2{}) {
		return
	}
	for _, sets := range []int{2, 6} {
		begin(s, fmt.Sprint("spreadSlopes", sets),
			"func(table *uint64, cells *uint16, n int, places *uint16, slope, blocks *float32, common, scale float32)",
			fmt.Sprintf("is Groups.Spread for %d sets and n > 0 cells.", sets))
		c := newGroupCells()
		slope, blocks := argument("slope"), argument("blocks")
		common, scale, x := XMM(), XMM(), XMM()
		VMOVSS(argumentInMemory("common"), common)
		VMOVSS(argumentInMemory("scale"), scale)
		c.each("add", blocks, 4, func() {
			for set := range sets {
				group := operand.Mem{Base: slope, Index: c.group(set), Scale: 4}
				VMOVSS(group, x)
				VADDSS(operand.Mem{Base: c.block, Disp: 64 * set}, x, x)
				VMOVSS(x, group)
			}
		})
		c.each("sum", blocks, 4, func() {
			VADDSS(operand.Mem{Base: c.block, Disp: 64 * sets}, common, x)
			for set := range sets {
				VADDSS(operand.Mem{Base: slope, Index: c.group(set), Scale: 4}, x, x)
			}
			VMULSS(scale, x, x)
			VMOVSS(x, operand.Mem{Base: c.table, Index: c.word, Scale: 8})
		})
		zero := GP32()
		XORL(zero, zero)
		c.each("clear", nil, 4, func() {
			for set := range sets {
				MOVL(zero, operand.Mem{Base: slope, Index: c.group(set), Scale: 4})
			}
		})
		RET()
	}
}

// addLanes writes addLanes, which serves both instruction sets.
func addLanes(s isa) {
	if s != (avx2{}) {
		return
	}
	begin(s, "addLanes", "func(dst *float64, x *float32, n int)", "adds each of n > 0 rows of 16 floats to its number of dst.")
	dst, x, n := argument("dst"), argument("x"), argument("n")
	var sum [4]reg.VecVirtual
	for i := range sum {
		sum[i] = YMM()
	}
	Label("row")
	for i, v := range sum {
		VCVTPS2PD(operand.Mem{Base: x, Disp: 16 * i}, v)
	}
	VADDPD(sum[1], sum[0], sum[0])
	VADDPD(sum[3], sum[2], sum[2])
	VADDPD(sum[2], sum[0], sum[0])
	VEXTRACTF128(operand.Imm(1), sum[0], sum[1].AsX())
	VADDPD(sum[1].AsX(), sum[0].AsX(), sum[0].AsX())
	VHADDPD(sum[0].AsX(), sum[0].AsX(), sum[0].AsX())
	VADDSD(operand.Mem{Base: dst}, sum[0].AsX(), sum[0].AsX())
	VMOVSD(sum[0].AsX(), operand.Mem{Base: dst})
	ADDQ(operand.Imm(64), x)
	ADDQ(operand.Imm(8), dst)
	DECQ(n)
	JNZ(operand.LabelRef("row"))
	end()
}
