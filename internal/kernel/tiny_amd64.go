//go:build amd64 && !purego

package kernel

func flushTiny(v []float32) {
	whole := whole(len(v))
	switch {
	case path == Generic:
		whole = 0
	case whole > 0 && path == AVX512:
		flushTinyAVX512(&v[0], whole)
	case whole > 0:
		flushTinyAVX2(&v[0], whole)
	}
	flushTinyGeneric(v[whole:])
}
