package kernel

// Products with rows of signs need half of the additions of their lists: four
// rows of a matrix have but 16 sums with signs, so each is computed once and
// then looked up (the method of the four Russians). Tables fit in the fastest
// cache, so they are for some rows and columns of a matrix at a time.

const (
	// SignRows is the most rows whose signed sums a table holds.
	SignRows = 4 * Lane
	// SignWidth is the most columns of a table.
	SignWidth = 2 * Lane
	// SignTable is the length of the largest table.
	SignTable = SignRows / signGroup * signSums * SignWidth

	signGroup = 4              // rows whose sums share a part of a table
	signSums  = 1 << signGroup // of a group
)

// SumSigns sets table, for each four rows of m, to their sums with all signs:
// sum k of the 16 adds a row where its bit of k is set, and subtracts it
// elsewhere. Of m it takes rows that begin every stride floats, the first width
// floats of each; width is a multiple of Lane. Rows that the last four lack
// count as 0. SumSigns returns the part of table that it set. table may not
// overlap m.
func SumSigns(table, m []float32, width, stride, rows int) []float32 {
	checkSigned("SumSigns", len(m), width, stride, rows)
	if rows > SignRows {
		panic("kernel: SumSigns of too many rows")
	}
	groups, whole := (rows+signGroup-1)/signGroup, rows/signGroup
	table = table[:groups*signSums*width]
	if whole > 0 {
		sumSigns(table, m, width, stride, whole)
	}
	if whole < groups {
		var last [signGroup * SignWidth]float32
		for i := whole * signGroup; i < rows; i++ {
			copy(last[i%signGroup*width:], m[i*stride:][:width])
		}
		sumSigns(table[whole*signSums*width:], last[:], width, width, 1)
	}
	return table
}

// checkSigned panics unless n floats hold so many rows.
func checkSigned(function string, n, width, stride, rows int) {
	if width != Lane && width != SignWidth {
		panic("kernel: " + function + " of a bad width")
	}
	if stride < width || rows < 1 || n < (rows-1)*stride+width {
		panic("kernel: " + function + " of a matrix that has no such rows")
	}
}

// sumSignsGeneric is SumSigns in plain Go, for whole groups.
func sumSignsGeneric(table, m []float32, width, stride, groups int) {
	for g := range groups {
		table, m := table[g*signSums*width:], m[g*signGroup*stride:]
		for j := range width {
			a, b, c, d := m[j], m[stride+j], m[2*stride+j], m[3*stride+j]
			low := [signGroup]float32{-(a + b), a - b, b - a, a + b}
			high := [signGroup]float32{-(c + d), c - d, d - c, c + d}
			for k := range signSums {
				table[k*width+j] = low[k%signGroup] + high[k/signGroup]
			}
		}
	}
}

// AddSigned sets row i of dst to that of from plus the rows that SumSigns made
// table of, with the signs that the bits from bits[i·words] on are, lowest
// first: + where one is set. Rows of dst begin every stride floats; what lies
// between is left alone. from has the rows of dst, and may be dst, or is one
// row for all; no other arguments may overlap.
func AddSigned(dst, from, table []float32, width, stride, rows int, bits []uint16, words int) {
	checkSigned("AddSigned", len(dst), width, stride, rows)
	groups, next := len(table)/(signSums*width), stride
	if len(from) == width {
		next = 0 // from a row of from to the next one
	} else if len(from) != len(dst) {
		panic("kernel: AddSigned of rows that do not match")
	}
	if len(table)%(signSums*width) != 0 || groups < 1 || groups > SignRows/signGroup {
		panic("kernel: AddSigned of a table that SumSigns does not make")
	}
	if words < 0 || len(bits) < (rows-1)*words+(groups*signGroup+Lane-1)/Lane {
		panic("kernel: AddSigned of too few signs")
	}
	addSigned(dst, from, table, width, next, stride, rows, groups, bits, words)
}

// addSignedGeneric is AddSigned in plain Go.
func addSignedGeneric(dst, from, table []float32, width, next, stride, rows, groups int, bits []uint16, words int) {
	for i := range rows {
		dst := dst[i*stride:][:width]
		copy(dst, from[i*next:])
		for g := range groups {
			word := int(bits[i*words+g*signGroup/Lane])
			sum := table[(g*signSums+word>>(g*signGroup%Lane)%signSums)*width:][:len(dst)]
			for j := range dst {
				dst[j] += sum[j]
			}
		}
	}
}
