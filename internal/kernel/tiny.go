package kernel

// tiny is what FlushTiny takes for nothing: 2^-96. Products with any weight or
// pixel stay far from subnormal numbers.
const tiny = 0x1p-96

// FlushTiny sets to 0 what is smaller than 2^-96. Saturated neurons have slopes
// down to subnormal numbers, which processors multiply a hundred times more
// slowly.
func FlushTiny(v []float32) { flushTiny(v) }

func flushTinyGeneric(v []float32) {
	for i, x := range v {
		v[i] = flushed(x)
	}
}

func flushed(x float32) float32 {
	if x < tiny && x > -tiny {
		return 0
	}
	return x
}
