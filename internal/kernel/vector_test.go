package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestAxpyEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for n := range 100 {
			x := floats(t, r, n, 1)
			got, intact := guarded[float32](t, n)
			want := copyOf(got)
			Axpy(got, .3, x)
			axpyGeneric(want, .3, x)
			near(t, "axpy", got, want, 0, 2e-7)
			intact()
			want = copyOf(x)
			axpyGeneric(want, -.3, want)
			Axpy(x, -.3, x)
			near(t, "axpy in place", x, want, 1e-7, 2e-7)
		}
		special := append(copyOf(special), special[:12]...)
		got, want := make([]float32, len(special)), make([]float32, len(special))
		Axpy(got, 2, special)
		axpyGeneric(want, 2, special)
		near(t, "axpy of special numbers", got, want, 1e-38, 2e-7)
	})
}

func TestAxpyOfBadSizes(t *testing.T) {
	panics(t, "Axpy", func() { Axpy(make([]float32, 2), 1, make([]float32, 3)) })
}

func FuzzAxpy(f *testing.F) {
	f.Add(uint64(1), uint16(100), float32(.5))
	f.Fuzz(func(t *testing.T, seed uint64, n uint16, factor float32) {
		if !(factor > -1e9 && factor < 1e9) {
			return
		}
		r := rand.New(rand.NewPCG(seed, 0))
		dst, x := floats(t, r, int(n), 1), floats(t, r, int(n), 1)
		want := copyOf(dst)
		axpyGeneric(want, factor, x)
		eachPath(t, func(t *testing.T) {
			got := copyOf(dst)
			Axpy(got, factor, x)
			near(t, "axpy", got, want, 1e-6*math.Abs(float64(factor))+1e-6, 0)
		})
	})
}

func BenchmarkAxpy(b *testing.B) {
	v, x := make([]float32, 1024), make([]float32, 1024)
	benchEachPath(b, len(v), func() { Axpy(v, .5, x) })
}
