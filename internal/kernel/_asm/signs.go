package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The kernels of signs read a bit for each float of a vector. AVX-512 takes the
// bits as a mask and adds where they are set; AVX2 multiplies with the signs
// that a table has for each byte.

// signRows are rows of bits.
type signRows struct {
	s     isa
	table reg.Register // of AVX2
}

// signsOf begins a kernel of signs.
func signsOf(s isa, name, before, after, doc string) signRows {
	r := signRows{s: s}
	if s.name() == "AVX2" {
		after += ", signs *[256][8]float32"
	}
	begin(s, name, "func("+before+", bits *uint16, words int"+after+")", doc)
	if s.name() == "AVX2" {
		r.table = argument("signs")
	}
	return r
}

// perWord is how many vectors a word of bits belongs to.
func (r signRows) perWord() int { return 4 * lanes / r.s.bytes() }

// add adds x with the signs of word i at row to the sums of that word; for
// AVX-512, where the sign is +1 only.
func (r signRows) add(x []reg.VecVirtual, row operand.Mem, i int, sums []reg.VecVirtual) {
	if r.table == nil {
		mask := K()
		row.Disp += 2 * i
		KMOVW(row, mask)
		VADDPS(x[0], sums[0], mask, sums[0])
		return
	}
	for half, sum := range sums {
		sign := GP64()
		byteRow := row
		byteRow.Disp += 2*i + half
		MOVBLZX(byteRow, sign.As32())
		SHLQ(operand.Imm(5), sign)
		VFMADD231PS(from(r.table, sign), x[half%len(x)], sum)
	}
}

// signKernels writes WeighSigns and DotSigns.
func signKernels(s isa) {
	weighSigns(s)
	dotSigns(s)
}

// weighSigns keeps the sums of some words in registers, while it goes through
// the rows.
func weighSigns(s isa) {
	r := signsOf(s, "weighSigns", "dst *float32, base float32, weight *float32, index *int32, k int", "",
		"is WeighSigns.")
	dst, bits := argument("dst"), argument("bits")
	words, pitch := argument("words"), GP64()
	MOVQ(words, pitch)
	SHLQ(operand.Imm(1), pitch)
	sizes := []int{16, 4, 1}
	if s.name() == "AVX2" {
		sizes = []int{5, 1}
	}
	for i, size := range sizes {
		Label(fmt.Sprintf("words%d", size))
		next := "done"
		if i+1 < len(sizes) {
			next = fmt.Sprintf("words%d", sizes[i+1])
		}
		CMPQ(words, operand.Imm(uint64(size)))
		JB(operand.LabelRef(next))
		r.weighWords(size, dst, bits, pitch)
		ADDQ(operand.U32(4*lanes*size), dst)
		ADDQ(operand.Imm(uint64(2*size)), bits)
		SUBQ(operand.Imm(uint64(size)), words)
		JMP(operand.LabelRef(fmt.Sprintf("words%d", size)))
	}
	Label("done")
	end()
}

// weighWords writes the sums of some words.
func (r signRows) weighWords(size int, dst, bits, pitch reg.Register) {
	s := r.s
	sums := make([]reg.VecVirtual, size*r.perWord())
	for i := range sums {
		sums[i] = s.vector()
		VBROADCASTSS(argumentInMemory("base"), sums[i])
	}
	weight, index, k, row, x := argument("weight"), argument("index"), argument("k"), GP64(), s.vector()
	label := fmt.Sprintf("rows%d", size)
	Label(label)
	MOVLQSX(operand.Mem{Base: index}, row)
	IMULQ(pitch, row)
	ADDQ(bits, row)
	VBROADCASTSS(operand.Mem{Base: weight}, x)
	if r.table == nil {
		VADDPS(x, x, x)
	}
	for i := range size {
		r.add([]reg.VecVirtual{x}, operand.Mem{Base: row}, i, sums[i*r.perWord():][:r.perWord()])
	}
	ADDQ(operand.Imm(4), index)
	ADDQ(operand.Imm(4), weight)
	DECQ(k)
	JNZ(operand.LabelRef(label))
	for i, v := range sums {
		VMOVUPS(v, at(s, dst, i))
	}
}

// dotSigns multiplies four rows at a time, for AVX-512 with two sums each.
func dotSigns(s isa) {
	const rows = 4
	r := signsOf(s, "dotSigns", "dst, v *float32, index *int32, groups int", "", "is DotSigns for groups of four rows.")
	var total reg.VecVirtual
	if r.table == nil {
		total = r.sumAll()
	}
	dst, index, groups := argument("dst"), argument("index"), argument("groups")
	Label("group")
	var row [rows]reg.GPVirtual
	var sums [rows][]reg.VecVirtual
	for i := range row {
		row[i] = GP64()
		MOVLQSX(operand.Mem{Base: index, Disp: 4 * i}, row[i])
		IMULQ(argumentInMemory("words"), row[i])
		SHLQ(operand.Imm(1), row[i])
		ADDQ(argumentInMemory("bits"), row[i])
		sums[i] = []reg.VecVirtual{s.vector(), s.vector()}
		for _, sum := range sums[i] {
			s.xor(sum, sum, sum)
		}
	}
	v, words, word := argument("v"), argument("words"), GP64()
	XORQ(word, word)
	each := func(count int) {
		for i := range count {
			var x []reg.VecVirtual
			for j := range r.perWord() {
				x = append(x, s.vector())
				VMOVUPS(at(s, v, i*r.perWord()+j), x[j])
			}
			for j := range row {
				sum := sums[j]
				if r.table == nil {
					sum = sum[i%2:][:1]
				}
				r.add(x, operand.Mem{Base: row[j], Index: word, Scale: 2}, i, sum)
			}
		}
		ADDQ(operand.U32(4*lanes*count), v)
		ADDQ(operand.Imm(uint64(count)), word)
		SUBQ(operand.Imm(uint64(count)), words)
	}
	SUBQ(operand.Imm(2), words)
	JB(operand.LabelRef("rest"))
	Label("two")
	each(2)
	JAE(operand.LabelRef("two"))
	Label("rest")
	ADDQ(operand.Imm(2), words)
	JZ(operand.LabelRef("add"))
	each(1)
	Label("add")
	for i, sum := range sums {
		VADDPS(sum[1], sum[0], sum[0])
		x := s.addLanes(sum[0]).AsX()
		if total != nil {
			VADDSS(x, x, x)
			VSUBSS(total.AsX(), x, x)
		}
		VMOVSS(x, operand.Mem{Base: dst, Disp: 4 * i})
	}
	ADDQ(operand.Imm(4*rows), dst)
	ADDQ(operand.Imm(4*rows), index)
	DECQ(groups)
	JNZ(operand.LabelRef("group"))
	end()
}

// sumAll returns the sum of all of v.
func (r signRows) sumAll() reg.VecVirtual {
	sum, v, words := r.s.vector(), argument("v"), argument("words")
	r.s.xor(sum, sum, sum)
	Label("sum")
	VADDPS(operand.Mem{Base: v}, sum, sum)
	ADDQ(operand.Imm(4*lanes), v)
	DECQ(words)
	JNZ(operand.LabelRef("sum"))
	return r.s.addLanes(sum)
}
