package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lookUp adds the sum of table that the three lowest bits of every lane of
// signs choose, from a bit on.
func lookUp(s isa, table, signs reg.VecVirtual, from int, to reg.VecVirtual) {
	x := s.vector()
	if from > 0 {
		VPSRLD(Imm(uint64(from)), signs, x)
		signs = x
	}
	VPERMPS(table, signs, x)
	VADDPS(x, to, to)
}

// signPart are columns whose signs in three rows fit into a vector together,
// after a shift of each row.
type signPart struct {
	first, count int // bits of words: every third from the first on
	right        int // shift of the first row; the next ones' are one and two less
}

// signPasses are the walks through the rows that take all bits. The last two
// bits are short of neighbours for the signs of other rows.
var signPasses = [][]signPart{
	{{0, 10, 0}, {30, 1, 2}},
	{{1, 10, 1}, {31, 1, 2}},
	{{2, 10, 2}},
}

// mask has the part's bits.
func (p signPart) mask(s isa) reg.VecVirtual {
	var bits uint32
	for i := range p.count {
		bits |= 1 << (p.first + tripleSigns*i)
	}
	return register(s, fmt.Sprintf("signsFrom%d", p.first), bits)
}

// addTriples keeps the sums of a pass in registers, while it goes through the
// rows.
func addTriples(s isa) {
	begin(s, "addTriples", "func(dst *float32, base float32, table *float32, row, bits *uint32, triples, blocks int)",
		"sets dst to base and the sums that the signs of each three rows choose.")
	dst, bits, blocks := argument("dst"), argument("bits"), argument("blocks")
	Label("block")
	for i, parts := range signPasses {
		addPass(s, fmt.Sprintf("pass%d", i), parts, dst, bits)
	}
	ADDQ(U32(32*vectorBytes), dst)
	ADDQ(Imm(vectorBytes), bits)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	end()
}

func addPass(s isa, label string, parts []signPart, dst, bits reg.Register) {
	masks, sums := make([]reg.VecVirtual, len(parts)), make([][]reg.VecVirtual, len(parts))
	for i, p := range parts {
		masks[i], sums[i] = p.mask(s), make([]reg.VecVirtual, p.count)
		for j := range sums[i] {
			sums[i][j] = s.vector()
			VBROADCASTSS(argumentInMemory("base"), sums[i][j])
		}
	}
	table, row, triples := argument("table"), argument("row"), argument("triples")
	var places [tripleSigns]reg.GPVirtual
	Label(label)
	for i := range places {
		places[i] = GP64()
		MOVL(Mem{Base: row, Disp: 4 * i}, places[i].As32())
	}
	for i, p := range parts {
		signs, sumsOfThree := p.compose(s, bits, places, masks[i]), s.vector()
		VMOVUPS(Mem{Base: table}, sumsOfThree)
		for j, sum := range sums[i] {
			lookUp(s, sumsOfThree, signs, p.first-p.right+tripleSigns*j, sum)
		}
	}
	ADDQ(Imm(4*tripleSigns), row)
	ADDQ(Imm(vectorBytes), table)
	DECQ(triples)
	JNZ(LabelRef(label))
	for i, p := range parts {
		for j, sum := range sums[i] {
			VMOVUPS(sum, at(s, dst, p.first+tripleSigns*j))
		}
	}
}

// compose brings the signs of three rows together.
func (p signPart) compose(s isa, bits reg.Register, places [tripleSigns]reg.GPVirtual, mask reg.VecVirtual) reg.VecVirtual {
	var all reg.VecVirtual
	for i, place := range places {
		signs := s.vector()
		VPAND(Mem{Base: bits, Index: place, Scale: 4}, mask, signs)
		switch right := p.right - i; {
		case right > 0:
			VPSRLD(Imm(uint64(right)), signs, signs)
		case right < 0:
			VPSLLD(Imm(uint64(-right)), signs, signs)
		}
		if i == 0 {
			all = signs
		} else {
			VPOR(signs, all, all)
		}
	}
	return all
}

// dotTriples multiplies 8 rows at once, each in a lane.
func dotTriples(s isa) {
	begin(s, "dotTriples", "func(dst, table *float32, row, bits *uint32, blocks int)",
		"sets dst to the products of 8 rows with what table was made of.")
	table, offset, first, blocks := argument("table"), argument("row"), argument("bits"), argument("blocks")
	var rows [8]reg.GPVirtual
	for i := range rows {
		rows[i] = GP64()
		MOVL(Mem{Base: offset, Disp: 4 * i}, rows[i].As32())
		LEAQ(Mem{Base: first, Index: rows[i], Scale: 4}, rows[i])
	}
	var sums [4]reg.VecVirtual
	for i := range sums {
		sums[i] = s.vector()
		s.xor(sums[i], sums[i], sums[i])
	}
	block := GP64()
	XORQ(block, block)
	Label("block")
	for half := range 2 {
		words := fourWords(s, rows, block, 16*half)
		for i := range wordTriples {
			for j, sum := range sums {
				sumsOfThree := s.vector()
				VMOVUPS(at(s, table, (4*half+j)*wordTriples+i), sumsOfThree)
				lookUp(s, sumsOfThree, words[j], tripleSigns*i, sum)
			}
		}
	}
	ADDQ(U32(vectorBytes*blockWords*wordTriples), table)
	ADDQ(Imm(vectorBytes), block)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VADDPS(sums[1], sums[0], sums[0])
	VADDPS(sums[3], sums[2], sums[2])
	VADDPS(sums[2], sums[0], sums[0])
	VMOVUPS(sums[0], Mem{Base: argument("dst")})
	end()
}

// fourWords are four neighbouring words of 8 rows, in a vector for each word:
// the transpose, in quarters of 4 by 4.
func fourWords(s isa, rows [8]reg.GPVirtual, block reg.Register, disp int) (words [4]reg.VecVirtual) {
	var v, pairs [4]reg.VecVirtual
	for i := range v {
		low, high := from(rows[i], block), from(rows[i+4], block)
		low.Disp, high.Disp = disp, disp
		v[i] = s.vector()
		VBROADCASTF128(low, v[i])
		VINSERTF128(Imm(1), high, v[i], v[i])
	}
	for i := range pairs {
		pairs[i] = s.vector()
	}
	VUNPCKLPS(v[1], v[0], pairs[0])
	VUNPCKHPS(v[1], v[0], pairs[1])
	VUNPCKLPS(v[3], v[2], pairs[2])
	VUNPCKHPS(v[3], v[2], pairs[3])
	for i := range words {
		words[i] = s.vector()
		VSHUFPS(Imm(uint64([]int{0x44, 0xee}[i%2])), pairs[2+i/2], pairs[i/2], words[i])
	}
	return words
}
