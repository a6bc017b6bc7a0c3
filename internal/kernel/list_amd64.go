//go:build amd64 && !purego

package kernel

import "math/bits"

// orders holds, for each mask of 8 bits, the positions of those that are set,
// from the lowest byte up.
var orders = func() (orders [256]uint64) {
	for mask := range orders {
		for i, rest := 0, mask; rest != 0; i, rest = i+8, rest&(rest-1) {
			orders[mask] |= uint64(bits.TrailingZeros(uint(rest))) << i
		}
	}
	return orders
}()

func nonZero(index []int32, value []float32, pixels []byte, scale float32) int {
	n, whole := 0, whole(len(pixels))
	if whole > 0 && path == AVX512 {
		n = nonZeroAVX512(&index[0], &value[0], &pixels[0], whole, scale)
	} else if whole > 0 {
		n = nonZeroAVX2(&index[0], &value[0], &pixels[0], whole, scale, &orders[0])
	}
	return n + nonZeroGeneric(index[n:], value[n:], pixels[whole:], scale, whole)
}

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
