package kernel

// Products with rows of signs need half of the additions of their lists: four
// rows of a matrix have but 16 sums with signs, so each is computed once and
// then looked up (the method of the four Russians).

const (
	signGroup = 4              // rows whose sums share a table
	signSums  = 1 << signGroup // of a group
)

// MaxSignTable is the length of the largest table of SumSigns.
const MaxSignTable = Lane / signGroup * signSums * MaxWidth

// SumSigns sets table, for each four rows of m, to their sums with all signs:
// row k of the 16 adds a row where its bit of k is set, and subtracts it
// elsewhere. m has up to 16 rows of width floats; rows that the last four lack
// count as 0. SumSigns returns the part of table that it set. table may not
// overlap m.
func SumSigns(table, m []float32, width int) []float32 {
	if width <= 0 || width%Lane != 0 || width > MaxWidth {
		panic("kernel: SumSigns of a bad width")
	}
	rows := len(m) / width
	if len(m)%width != 0 || rows > Lane {
		panic("kernel: SumSigns of a matrix that has no such rows, or too many")
	}
	groups, whole := (rows+signGroup-1)/signGroup, rows/signGroup
	table = table[:groups*signSums*width]
	if whole > 0 {
		sumSigns(table, m, width, whole)
	}
	if whole < groups {
		var last [signGroup * MaxWidth]float32
		copy(last[:], m[whole*signGroup*width:])
		sumSigns(table[whole*signSums*width:], last[:], width, 1)
	}
	return table
}

// sumSignsGeneric is SumSigns in plain Go, for whole groups.
func sumSignsGeneric(table, m []float32, width, groups int) {
	for g := range groups {
		table, m := table[g*signSums*width:], m[g*signGroup*width:]
		for j := range width {
			a, b, c, d := m[j], m[width+j], m[2*width+j], m[3*width+j]
			low := [signGroup]float32{-(a + b), a - b, b - a, a + b}
			high := [signGroup]float32{-(c + d), c - d, d - c, c + d}
			for k := range signSums {
				table[k*width+j] = low[k%signGroup] + high[k/signGroup]
			}
		}
	}
}

// AddSigned sets row i of dst to that of from plus the rows of m that SumSigns
// made table of, with the signs that the bits of bits[i·stride] are, lowest
// first: + where one is set. Rows are width floats. from is dst, or one row for
// all; no other arguments may overlap.
func AddSigned(dst, from, table []float32, width int, bits []uint16, stride int) {
	if width <= 0 || width%Lane != 0 || width > MaxWidth {
		panic("kernel: AddSigned of a bad width")
	}
	rows, groups := len(dst)/width, len(table)/(signSums*width)
	if len(dst)%width != 0 || len(from) != len(dst) && len(from) != width ||
		len(table)%(signSums*width) != 0 || groups < 1 || groups > Lane/signGroup {
		panic("kernel: AddSigned of slices that do not match")
	}
	if rows == 0 {
		return
	}
	if stride <= 0 || (rows-1)*stride >= len(bits) {
		panic("kernel: AddSigned of too few signs")
	}
	next := width // from a row of from to the next one
	if len(from) == width {
		next = 0
	}
	addSigned(dst, from, next, table, width, groups, bits, stride)
}

// addSignedGeneric is AddSigned in plain Go. The last group comes first, as in
// the vector kernels.
func addSignedGeneric(dst, from []float32, next int, table []float32, width, groups int, bits []uint16, stride int) {
	for i := range len(dst) / width {
		dst := dst[i*width:][:width]
		copy(dst, from[i*next:])
		word := int(bits[i*stride])
		for g := groups - 1; g >= 0; g-- {
			sum := table[(g*signSums+word>>(g*signGroup)%signSums)*width:][:len(dst)]
			for j := range dst {
				dst[j] += sum[j]
			}
		}
	}
}
