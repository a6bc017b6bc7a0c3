//go:build !amd64 || purego

package kernel

func sumSigns(table, m []float32, width, groups int) { sumSignsGeneric(table, m, width, groups) }

func addSigned(dst, from []float32, next int, table []float32, width, groups int, bits []uint16, stride int) {
	addSignedGeneric(dst, from, next, table, width, groups, bits, stride)
}
