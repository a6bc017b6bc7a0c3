package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// denseRows is how many rows AddDense takes at a time, by the number of
// vectors: as in dense_amd64.go.
var denseRows = map[string][]int{
	"AVX512": {0, 6, 6, 6, 6, 4, 4, 3},
	"AVX2":   {0, 6, 6, 4, 3},
}

// dense writes AddDense: for groups of rows, which share what is loaded of m,
// and for the single rows that are left.
func dense(s isa) {
	addDense(s, "addDenseRows", "is AddDense for groups of rows.", func(vectors int) int { return denseRows[s.name()][vectors] })
	addDense(s, "addDenseRow", "is AddDense for single rows.", func(int) int { return 1 })
	scaleBytes(s)
}

// addDense writes a loop for each number of vectors. Strides are in bytes.
func addDense(s isa, name, doc string, rows func(vectors int) int) {
	begin(s, name, "func(dst, m, x *float32, groups, depth, stride, pitch, vectors int)", doc)
	most := len(denseRows[s.name()]) - 1
	width := argument("vectors")
	for vectors := 1; vectors < most; vectors++ {
		CMPQ(width, Imm(uint64(vectors)))
		JEQ(LabelRef(label("vectors", vectors)))
	}
	for vectors := most; vectors > 0; vectors-- {
		Label(label("vectors", vectors))
		denseLoop(s, vectors, rows(vectors))
	}
}

// denseLoop adds to groups of rows and returns.
func denseLoop(s isa, vectors, rows int) {
	dst, x, stride, pitch := argument("dst"), argument("x"), argument("stride"), argument("pitch")
	groups := argument("groups")
	sums := make([]reg.VecVirtual, rows*vectors)
	for i := range sums {
		sums[i] = s.vector()
	}
	// each is where the rows of the group are in dst.
	each := func(do func(sum reg.VecVirtual, at Mem)) {
		row := GP64()
		MOVQ(dst, row)
		for i := range rows {
			for j := range vectors {
				do(sums[i*vectors+j], at(s, row, j))
			}
			ADDQ(pitch, row)
		}
	}
	Label(label("group", vectors))
	each(func(sum reg.VecVirtual, at Mem) { VMOVUPS(at, sum) })
	m, depth, low, high := argument("m"), argument("depth"), GP64(), GP64()
	MOVQ(x, low)
	factorsAt := []Mem{{Base: low}, from(low, stride), {Base: low, Index: stride, Scale: 2}}
	if rows > 3 {
		LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, high)
		ADDQ(low, high)
		factorsAt = append(factorsAt, Mem{Base: high}, from(high, stride), Mem{Base: high, Index: stride, Scale: 2})
	}
	factorsAt = factorsAt[:rows]
	Label(label("depth", vectors))
	if rows*vectors+rows < s.registers() {
		multiplyByColumn(s, m, factorsAt, sums)
	} else {
		multiplyByRow(s, m, factorsAt, sums)
	}
	ADDQ(pitch, m)
	ADDQ(Imm(4), low)
	if rows > 3 {
		ADDQ(Imm(4), high)
	}
	DECQ(depth)
	JNZ(LabelRef(label("depth", vectors)))
	each(func(sum reg.VecVirtual, at Mem) { VMOVUPS(sum, at) })
	for range rows {
		ADDQ(pitch, dst)
		ADDQ(stride, x)
	}
	DECQ(groups)
	JNZ(LabelRef(label("group", vectors)))
	end()
}

// multiplyByColumn adds the products of the factors and a row of m to the sums,
// and keeps the factors in registers.
func multiplyByColumn(s isa, m reg.Register, factorsAt []Mem, sums []reg.VecVirtual) {
	factors := make([]reg.VecVirtual, len(factorsAt))
	for i := range factors {
		factors[i] = s.vector()
		VBROADCASTSS(factorsAt[i], factors[i])
	}
	vectors := len(sums) / len(factors)
	for j := range vectors {
		v := s.vector()
		VMOVUPS(at(s, m, j), v)
		for i, factor := range factors {
			VFMADD231PS(v, factor, sums[i*vectors+j])
		}
	}
}

// multiplyByRow does the same and keeps the row of m in registers.
func multiplyByRow(s isa, m reg.Register, factorsAt []Mem, sums []reg.VecVirtual) {
	row := make([]reg.VecVirtual, len(sums)/len(factorsAt))
	for j := range row {
		row[j] = s.vector()
		VMOVUPS(at(s, m, j), row[j])
	}
	for i, at := range factorsAt {
		factor := s.vector()
		VBROADCASTSS(at, factor)
		for j, v := range row {
			VFMADD231PS(v, factor, sums[i*len(row)+j])
		}
	}
}

// scaleBytes writes ScaleBytes for n bytes of each slice, a multiple of 16. The
// stride is in bytes.
func scaleBytes(s isa) {
	const (
		header = 24 // bytes of a slice's header
		ahead  = 6  // rows
	)
	begin(s, "scaleBytes", "func(dst *float32, stride int, rows *[]byte, count, column, n int, scale float32)", "is ScaleBytes.")
	dst, stride, rows, count, column := argument("dst"), argument("stride"), argument("rows"), argument("count"), argument("column")
	scale, row, i := s.vector(), GP64(), GP64()
	VBROADCASTSS(argumentInMemory("scale"), scale)
	n := argument("n")
	Label("row")
	// Rows lie anywhere in memory, where the processor does not look ahead.
	CMPQ(count, Imm(ahead))
	JBE(LabelRef("here"))
	MOVQ(Mem{Base: rows, Disp: header * ahead}, row)
	ADDQ(column, row)
	for line := range 3 {
		PREFETCHT0(Mem{Base: row, Disp: 64 * line})
	}
	Label("here")
	MOVQ(Mem{Base: rows}, row)
	ADDQ(column, row)
	XORQ(i, i)
	Label("sixteen")
	for j := range 64 / s.bytes() {
		x := s.vector()
		VPMOVZXBD(Mem{Base: row, Index: i, Scale: 1, Disp: j * s.bytes() / 4}, x)
		VCVTDQ2PS(x, x)
		VMULPS(scale, x, x)
		VMOVUPS(x, Mem{Base: dst, Index: i, Scale: 4, Disp: j * s.bytes()})
	}
	ADDQ(Imm(16), i)
	CMPQ(i, n)
	JB(LabelRef("sixteen"))
	ADDQ(Imm(header), rows)
	ADDQ(stride, dst)
	DECQ(count)
	JNZ(LabelRef("row"))
	end()
}
