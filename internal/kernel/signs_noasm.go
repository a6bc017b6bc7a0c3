//go:build !amd64 || purego

package kernel

func weighSigns(dst []float32, base float32, weight []float32, index []int32, m Signs) {
	weighSignsGeneric(dst, base, weight, index, m)
}

func dotSigns(dst []float32, v []float32, index []int32, m Signs) {
	dotSignsGeneric(dst, v, index, m)
}
