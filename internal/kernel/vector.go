package kernel

// Dot returns Σ a[i]·b[i], added in an order that depends on the length only.
func Dot(a, b []float32) float32 {
	if len(a) != len(b) {
		panic("kernel: Dot of slices of unequal length")
	}
	return dot(a, b)
}

// Axpy adds factor·x to dst. dst may be x.
func Axpy(dst []float32, factor float32, x []float32) {
	if len(dst) != len(x) {
		panic("kernel: Axpy of slices of unequal length")
	}
	axpy(dst, factor, x)
}

func dotGeneric(a, b []float32) float32 {
	var sum float32
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

func axpyGeneric(dst []float32, factor float32, x []float32) {
	for i, v := range x {
		dst[i] += factor * v
	}
}
