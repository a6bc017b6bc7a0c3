package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestDotEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for n := range 300 {
			a, b := floats(t, r, n, 1), floats(t, r, n, 1)
			got := Dot(a, b)
			near(t, "dot", []float32{got}, []float32{dotGeneric(a, b)}, 1e-5, 0)
			if again := Dot(copyOf(a), copyOf(b)); got != again {
				t.Fatalf("length %d: got %g, elsewhere %g", n, got, again)
			}
			if n > 0 {
				a[n-1] = float32(math.NaN())
				if v := Dot(a, b); v == v {
					t.Fatalf("length %d: got %g with NaN at the end", n, v)
				}
			}
		}
	})
}

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

func TestVectorsOfBadSizes(t *testing.T) {
	panics(t, "Dot", func() { Dot(make([]float32, 2), make([]float32, 3)) })
	panics(t, "Axpy", func() { Axpy(make([]float32, 2), 1, make([]float32, 3)) })
}

func FuzzDot(f *testing.F) {
	f.Add(uint64(1), uint16(100))
	f.Fuzz(func(t *testing.T, seed uint64, n uint16) {
		r := rand.New(rand.NewPCG(seed, 0))
		a, b := floats(t, r, int(n), 1), floats(t, r, int(n), 1)
		want := dotGeneric(a, b)
		eachPath(t, func(t *testing.T) {
			near(t, "dot", []float32{Dot(a, b)}, []float32{want}, 1e-6*float64(n), 1e-5)
		})
	})
}

func BenchmarkDot(b *testing.B) {
	v := make([]float32, 1024)
	benchEachPath(b, len(v), func() { Dot(v, v) })
}

func BenchmarkAxpy(b *testing.B) {
	v, x := make([]float32, 1024), make([]float32, 1024)
	benchEachPath(b, len(v), func() { Axpy(v, .5, x) })
}
