//go:build !amd64 || purego

package kernel

func transposeBytes(dst []byte, stride int, rows [][]byte) {
	transposeBytesGeneric(dst, stride, rows, 0)
}

func transposeBits(dst []uint16, stride int, m []uint16, words, rows int) {
	transposeBitsGeneric(dst, stride, m, words, rows, 0)
}
