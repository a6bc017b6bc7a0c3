//go:build !amd64 || purego

package kernel

func sumSigns(table, m []float32, width, stride, groups int) {
	sumSignsGeneric(table, m, width, stride, groups)
}

func addSigned(dst, from, table []float32, width, next, stride, rows, groups int, bits []uint16, words int) {
	addSignedGeneric(dst, from, table, width, next, stride, rows, groups, bits, words)
}
