package kernel

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

func TestSampleEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for words := range 40 {
			n := words * Lane
			theta, key, first := floats(t, r, n, 1), r.Uint64(), r.Uint32()
			got, intact := guarded[uint16](t, words)
			want := make([]uint16, words)
			Sample(got, theta, key, first)
			sampleGeneric(want, theta, key, first)
			same(t, "fired", got, want)
			intact()
		}
	})
}

func TestSampleOfSpecialNumbers(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		nan, inf := float32(math.NaN()), float32(math.Inf(1))
		theta := make([]float32, 1<<16)
		for name, c := range map[string]struct {
			theta float32
			want  uint16
		}{
			"zero": {0, 0}, "negative": {-1, 0}, "NaN": {nan, 0}, "-Inf": {-inf, 0},
			"one": {1, 0xffff}, "Inf": {inf, 0xffff},
		} {
			for i := range theta {
				theta[i] = c.theta
			}
			fired := make([]uint16, len(theta)/Lane)
			Sample(fired, theta, 7, math.MaxUint32-100)
			for i, word := range fired {
				if word != c.want {
					t.Fatalf("%s: word %d is %x, want %x", name, i, word, c.want)
				}
			}
		}
	})
}

// TestSampleDoesNotDependOnTheCut: a block at a time gives what one call does.
func TestSampleDoesNotDependOnTheCut(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		theta := floats(t, rand.New(rand.NewPCG(1, 2)), 64*Lane, 1)
		want, got := make([]uint16, 64), make([]uint16, 64)
		Sample(want, theta, 5, 1000)
		for i := range got {
			Sample(got[i:][:1], theta[i*Lane:][:Lane], 5, 1000+uint32(i*Lane))
		}
		same(t, "fired", got, want)
	})
}

// TestUniform looks at the numbers that Sample compares with.
func TestUniform(t *testing.T) {
	const n, bins = 1 << 18, 256
	keys := []uint64{0, 1, 2, 1 << 32, 1<<32 + 1, math.MaxUint64, 0x9e3779b97f4a7c15}
	for _, key := range keys {
		var count, pairs [bins]int
		var serial, variance float64
		previous := uint32(0)
		for i := range uint32(n) {
			h := hash(key, i)
			count[h>>24]++
			pairs[h>>28<<4|previous>>28]++
			u, v := float64(h)*0x1p-32-.5, float64(previous)*0x1p-32-.5
			serial, variance = serial+u*v, variance+u*u
			previous = h
		}
		for what, count := range map[string][bins]int{"numbers": count, "pairs": pairs} {
			// 255 degrees of freedom: the mean is 255 and the deviation 22.6.
			if c := chiSquare(count[:], n); c < 160 || c > 380 {
				t.Errorf("key %x: χ² of %s is %g, want about 255", key, what, c)
			}
		}
		if r := serial / variance * math.Sqrt(n); math.Abs(r) > 4.5 {
			t.Errorf("key %x: the serial correlation is %g deviations", key, r)
		}
	}
}

func chiSquare(count []int, n int) (sum float64) {
	want := float64(n) / float64(len(count))
	for _, c := range count {
		sum += (float64(c) - want) * (float64(c) - want) / want
	}
	return sum
}

// TestHashAvalanche: each bit of the key and of the counter changes each bit
// of the result half of the time.
func TestHashAvalanche(t *testing.T) {
	const n = 1 << 12
	r := rand.New(rand.NewPCG(1, 2))
	for bit := range 96 {
		var flips [32]int
		for range n {
			key, counter := r.Uint64(), r.Uint32()
			changed := hash(key, counter)
			if bit < 64 {
				changed ^= hash(key^1<<bit, counter)
			} else {
				changed ^= hash(key, counter^1<<(bit-64))
			}
			for ; changed != 0; changed &= changed - 1 {
				flips[bits.TrailingZeros32(changed)]++
			}
		}
		for i, f := range flips {
			if math.Abs(float64(f)/n-.5) > .1 {
				t.Errorf("bit %d of key and counter changes bit %d with probability %g", bit, i, float64(f)/n)
			}
		}
	}
}

// TestSampleAcrossKeys: decisions under neighbouring keys and counters are
// independent and have the right frequency.
func TestSampleAcrossKeys(t *testing.T) {
	const words, keys = 1 << 10, 64
	theta := make([]float32, words*Lane)
	for i := range theta {
		theta[i] = .25
	}
	one, two, both := 0, 0, 0
	last, fired := make([]uint16, words), make([]uint16, words)
	for key := range uint64(keys) {
		Sample(fired, theta, key<<(key%2*32), 0)
		for i, w := range fired {
			one, both = one+bits.OnesCount16(w), both+bits.OnesCount16(w&last[i])
			if i > 0 {
				two += bits.OnesCount16(w & fired[i-1])
			}
		}
		copy(last, fired)
	}
	n := float64(words * Lane * keys)
	for what, c := range map[string]struct{ got, want float64 }{
		"frequency":     {float64(one) / n, .25},
		"with the last": {float64(both) / n, .0625},
		"neighbours":    {float64(two) / n, .0625},
	} {
		if deviation := math.Sqrt(c.want * (1 - c.want) / n); math.Abs(c.got-c.want) > 6*deviation+.07/keys*c.want {
			t.Errorf("%s: got %g want %g", what, c.got, c.want)
		}
	}
}

func TestSampleOfBadSizes(t *testing.T) {
	panics(t, "theta", func() { Sample(make([]uint16, 1), make([]float32, 15), 0, 0) })
}

func FuzzSample(f *testing.F) {
	f.Add(uint64(1), uint32(2), float32(.5))
	f.Fuzz(func(t *testing.T, key uint64, first uint32, theta float32) {
		want := make([]uint16, 1)
		sampleGeneric(want, row(theta), key, first)
		eachPath(t, func(t *testing.T) {
			got := make([]uint16, 1)
			Sample(got, row(theta), key, first)
			same(t, "fired", got, want)
		})
	})
}

func BenchmarkSample(b *testing.B) {
	_, theta := benchFields()
	fired := make([]uint16, len(theta)/Lane)
	benchEachPath(b, len(theta), func() { Sample(fired, theta, 1, 2) })
}
