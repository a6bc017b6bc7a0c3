package kernel

// turnedColumns is how many columns of bytes the vector kernel takes at once.
const turnedColumns = 32

// TransposeBytes sets dst, [column][stride], to the transpose of rows, which
// are equally long: byte i of row j goes to i·stride+j. dst may not overlap
// the rows.
func TransposeBytes(dst []byte, stride int, rows [][]byte) {
	if len(rows) == 0 {
		return
	}
	columns := len(rows[0])
	for _, row := range rows {
		if len(row) != columns {
			panic("kernel: TransposeBytes of rows of unequal length")
		}
	}
	if stride < len(rows) || len(dst) < columns*stride {
		panic("kernel: TransposeBytes into a matrix that is too small")
	}
	transposeBytes(dst, stride, rows)
}

// transposeBytesGeneric is TransposeBytes in plain Go, for the rows from
// first. It takes a cache line of each row at a time.
func transposeBytesGeneric(dst []byte, stride int, rows [][]byte, first int) {
	const line = 64
	columns := len(rows[0])
	for i := 0; i < columns; i += line {
		for j := first; j < len(rows); j++ {
			for k, v := range rows[j][i:min(i+line, columns)] {
				dst[(i+k)*stride+j] = v
			}
		}
	}
}

// TransposeBits sets dst to the transpose of a matrix of bits with rows of
// words words, 16 bits each: dst has 16·words rows of (rows+15)/16 words. The
// bits that pad them are 0. dst may not overlap m.
func TransposeBits(dst, m []uint16, words int) {
	if words <= 0 || len(m)%words != 0 {
		panic("kernel: TransposeBits of a matrix that has no such rows")
	}
	rows := len(m) / words
	stride := (rows + Lane - 1) / Lane
	if len(dst) != Lane*words*stride {
		panic("kernel: TransposeBits into a matrix of another size")
	}
	if rows > 0 {
		transposeBits(dst, stride, m, words, rows)
	}
}

// transposeBitsGeneric is TransposeBits in plain Go, for the blocks of 16 rows
// from first.
func transposeBitsGeneric(dst []uint16, stride int, m []uint16, words, rows, first int) {
	for i := first; i < stride; i++ {
		n := min(Lane, rows-i*Lane)
		for j := range words {
			var block [Lane]uint16
			for k := range n {
				block[k] = m[(i*Lane+k)*words+j]
			}
			transposeBlock(&block)
			for k, word := range block {
				dst[(j*Lane+k)*stride+i] = word
			}
		}
	}
}

// transposeBlock transposes 16 by 16 bits by exchanging the off-diagonal
// quarters, then those of each quarter, and so on.
func transposeBlock(block *[Lane]uint16) {
	mask := uint16(0x00ff)
	for half := 8; half > 0; half /= 2 {
		for k := 0; k < Lane; k = (k + half + 1) &^ half {
			swap := (block[k]>>half ^ block[k+half]) & mask
			block[k] ^= swap << half
			block[k+half] ^= swap
		}
		mask ^= mask << (half / 2)
	}
}
