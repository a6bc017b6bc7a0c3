package kernel

// Sample decides which neurons fire: bit i%16 of fired[i/16] is set with
// probability theta[i], never if that is NaN. The decision depends on key,
// first+i and theta[i] only: number first+i of the stream that key names, a
// multiple of 2^-24 in [0, 1), is compared with theta[i]. All paths decide
// alike. The length of theta is a multiple of Lane.
func Sample(fired []uint16, theta []float32, key uint64, first uint32) {
	if len(theta) != len(fired)*Lane {
		panic("kernel: Sample of a bad length")
	}
	if len(fired) > 0 {
		sample(fired, theta, key, first)
	}
}

// sampleGeneric is Sample in plain Go.
func sampleGeneric(fired []uint16, theta []float32, key uint64, first uint32) {
	for i := range fired {
		var word uint16
		for j, t := range theta[i*Lane:][:Lane] {
			if uniform(key, first+uint32(i*Lane+j)) < t {
				word |= 1 << j
			}
		}
		fired[i] = word
	}
}

// The multipliers of hash: those of lowbias32 and of the first and second step
// of triple32 (Wellons, https://nullprogram.com/blog/2018/07/31/).
const (
	multiplier0 = 0x7feb352d
	multiplier1 = 0x846ca68b
	multiplier2 = 0xed5ad4bb
	multiplier3 = 0xac4c1b51
)

// uniform is one number of the stream of Sample.
func uniform(key uint64, counter uint32) float32 {
	return float32(hash(key, counter)>>8) * 0x1p-24
}

// hash is a permutation of counters for each key: two rounds of a 32-bit
// finaliser, each after half of the key.
func hash(key uint64, counter uint32) uint32 {
	h := counter ^ uint32(key)
	h = (h ^ h>>16) * multiplier0
	h = (h ^ h>>15) * multiplier1
	h = (h ^ h>>16) + uint32(key>>32)
	h = (h ^ h>>17) * multiplier2
	h = (h ^ h>>11) * multiplier3
	return h ^ h>>15
}
