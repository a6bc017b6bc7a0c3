//go:build !amd64 || purego

package kernel

func nonZero(index []int32, value []float32, pixels []byte, scale float32) int {
	return nonZeroGeneric(index, value, pixels, scale, 0)
}

func transposeBytes(dst []byte, stride int, rows [][]byte) {
	transposeBytesGeneric(dst, stride, rows, 0)
}

func transposeBits(dst []uint16, stride int, m []uint16, words, rows int) {
	transposeBitsGeneric(dst, stride, m, words, rows, 0)
}
