package kernel

// Axpy adds factor·x to dst. dst may be x.
func Axpy(dst []float32, factor float32, x []float32) {
	if len(dst) != len(x) {
		panic("kernel: Axpy of slices of unequal length")
	}
	axpy(dst, factor, x)
}

func axpyGeneric(dst []float32, factor float32, x []float32) {
	for i, v := range x {
		dst[i] += factor * v
	}
}
