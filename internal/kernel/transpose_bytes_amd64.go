//go:build amd64 && !purego

package kernel

// transposeBytes takes 32 columns at a time; the last ones overlap those
// before them.
func transposeBytes(dst []byte, stride int, rows [][]byte) {
	columns, whole := len(rows[0]), len(rows)/8*8
	if path == Generic || columns < turnedColumns {
		whole = 0
	}
	for i := 0; whole > 0 && i < columns; i += turnedColumns {
		i = min(i, columns-turnedColumns)
		turnAVX2(&dst[i*stride], stride, &rows[0], i, whole)
	}
	transposeBytesGeneric(dst, stride, rows, whole)
}

func transposeBits(dst []uint16, stride int, m []uint16, words, rows int) {
	whole := rows / 32
	if path == Generic {
		whole = 0
	}
	for j := 0; whole > 0 && j < words; j++ {
		turnBitsAVX2(&dst[j*Lane*stride], 2*stride, &m[j], 2*words, whole)
	}
	transposeBitsGeneric(dst, stride, m, words, rows, 2*whole)
}
