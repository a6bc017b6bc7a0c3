package kernel

// SignSums computes sums with the signs of some rows of a matrix. Three numbers
// have but 8 sums with signs, as many as floats fit in a vector: each is
// computed once, and then looked up by three signs at a time (the method of the
// four Russians). It keeps the memory for that; its zero value is ready.
type SignSums struct {
	table []float32
	row   []uint32 // where each row begins in the matrix
}

const (
	tripleSigns = 3                // numbers that are added at once
	tripleSums  = 1 << tripleSigns // of them with all signs
	wordTriples = (32 + tripleSigns - 1) / tripleSigns
	rowsPerDot  = 8 // rows that are multiplied at once
)

// triples is into how many groups of three n numbers are cut.
func triples(n int) int { return (n + tripleSigns - 1) / tripleSigns }

// Weigh sets dst to base + Σ_j weight[j]·m[index[j]], a number for each column
// of m. dst may not overlap weight.
func (s *SignSums) Weigh(dst []float32, base float32, weight []float32, index []int32, m SignBlocks) {
	if len(dst) != m.Columns() {
		panic("kernel: SignSums.Weigh into a row of another length")
	}
	if len(weight) != len(index) {
		panic("kernel: SignSums.Weigh of another number of rows than weights")
	}
	s.find(index, m, tripleSigns)
	n := len(weight)
	if n == 0 || len(dst) == 0 {
		fill(dst, base)
		return
	}
	s.table = grow(s.table, triples(n)*tripleSums)
	sumTriples(s.table, weight, 1, n, 1)
	addTriples(dst, base, s.table, s.row, m)
}

// Dot sets dst[j] to the product of v with the row m[index[j]]: the gradient of
// Weigh by the weights, where v is that by its results. dst may not overlap v.
func (s *SignSums) Dot(dst, v []float32, index []int32, m SignBlocks) {
	if len(v) != m.Columns() {
		panic("kernel: SignSums.Dot of a row of another length")
	}
	if len(dst) != len(index) {
		panic("kernel: SignSums.Dot of another number of rows than results")
	}
	s.find(index, m, rowsPerDot)
	const size = blockWords * wordTriples * tripleSums // of a block's table
	s.table = grow(s.table, m.Blocks*size)
	for b := range m.Blocks {
		sumTriples(s.table[b*size:], v[b*blockColumns:], blockWords, 32, blockWords)
	}
	for j := 0; j < len(dst); j += rowsPerDot {
		var sums [rowsPerDot]float32
		if m.Blocks > 0 {
			dotTriples(&sums, s.table, s.row[j:], m)
		}
		copy(dst[j:], sums[:])
	}
}

// find notes where the rows begin, and adds any row until there is a multiple of
// a number of them. It panics if there is no such row.
func (s *SignSums) find(index []int32, m SignBlocks, multiple int) {
	perRow := m.Blocks * blockWords
	s.row = grow(s.row, (len(index)+multiple-1)/multiple*multiple)
	clear(s.row[len(index):])
	for j, i := range index {
		first := int(i) * perRow
		if i < 0 || first+perRow > len(m.Bits) {
			panic("kernel: SignSums of a row that is out of range")
		}
		s.row[j] = uint32(first)
	}
}

// fill sets all of dst to value.
func fill(dst []float32, value float32) {
	for i := range dst {
		dst[i] = value
	}
}

// sumTriplesGeneric sets table, for each three numbers of a list, to their sums
// with all signs: sum k of the 8 adds a number where its bit of k is set, and
// subtracts it elsewhere. What the last three lack counts as 0. There are some
// lists of n numbers each: number i of list l is v[l + stride·i].
func sumTriplesGeneric(table, v []float32, stride, n, lists int) {
	for l := range lists {
		for i := 0; i < n; i += tripleSigns {
			var x [tripleSigns]float32
			for k := i; k < min(i+tripleSigns, n); k++ {
				x[k-i] = v[l+stride*k]
			}
			two := [4]float32{-x[0] - x[1], x[0] - x[1], x[1] - x[0], x[0] + x[1]}
			for k, sum := range two {
				table[k], table[k+4] = sum-x[2], sum+x[2]
			}
			table = table[tripleSums:]
		}
	}
}

// addTriplesGeneric sets each column of dst to base plus the sums that its signs
// in each three rows choose.
func addTriplesGeneric(dst []float32, base float32, table []float32, row []uint32, m SignBlocks) {
	fill(dst, base)
	for ; len(row) > 0; row, table = row[tripleSigns:], table[tripleSums:] {
		sums := (*[tripleSums]float32)(table)
		for w := range m.Blocks * blockWords {
			a, b, c := m.Bits[int(row[0])+w], m.Bits[int(row[1])+w], m.Bits[int(row[2])+w]
			dst := dst[w/blockWords*blockColumns+w%blockWords:]
			for t := range 32 {
				dst[t*blockWords] += sums[a>>t&1|b>>t&1<<1|c>>t&1<<2]
			}
		}
	}
}

// dotTriplesGeneric sets dst to the products of some rows with what table was
// made of. Four sums at a time keep apart what would wait for the last addition.
func dotTriplesGeneric(dst *[rowsPerDot]float32, table []float32, row []uint32, m SignBlocks) {
	const size = wordTriples * tripleSums // of a word's table
	for j := range dst {
		var a, b, c, d float32
		words := m.Bits[row[j]:][:m.Blocks*blockWords]
		for w := 0; w < len(words); w += 4 {
			signs, table := (*[4]uint32)(words[w:]), (*[4 * size]float32)(table[w*size:])
			for i := range wordTriples {
				from, shift := i*tripleSums, i*tripleSigns
				a += table[from+int(signs[0]>>shift%tripleSums)]
				b += table[from+int(signs[1]>>shift%tripleSums)+size]
				c += table[from+int(signs[2]>>shift%tripleSums)+2*size]
				d += table[from+int(signs[3]>>shift%tripleSums)+3*size]
			}
		}
		dst[j] = (a + b) + (c + d)
	}
}
