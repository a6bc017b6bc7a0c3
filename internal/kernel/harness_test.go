package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// eachPath runs a test on every path that this processor has.
func eachPath(t *testing.T, test func(t *testing.T)) {
	for _, p := range Available() {
		t.Run(string(p), func(t *testing.T) {
			defer func(old Path) { path = old }(path)
			path = p
			test(t)
		})
	}
}

// benchEachPath runs a benchmark on every path, with the floats that an
// operation takes.
func benchEachPath(b *testing.B, floats int, run func()) {
	for _, p := range Available() {
		b.Run(string(p), func(b *testing.B) {
			defer func(old Path) { path = old }(path)
			path = p
			b.ReportAllocs()
			for b.Loop() {
				run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(floats), "ns/float")
		})
	}
}

// guard surrounds slices under test; no kernel produces it.
const guard = 77

// guarded returns a slice of n numbers between guards, from an address that no
// vector is aligned to, and a check that the guards are intact.
func guarded[T float32 | uint16 | int32 | uint32](t *testing.T, n int) ([]T, func()) {
	const margin = 40
	all := make([]T, n+2*margin+3)
	for i := range all {
		all[i] = guard
	}
	first := margin + 1 + 2*(n%2)
	return all[first:][:n:n], func() {
		t.Helper()
		for i, v := range all {
			if (i < first || i >= first+n) && v != guard {
				t.Fatalf("guard %d of a slice of %d is %v", i-first, n, v)
			}
		}
	}
}

// floats fills a guarded slice with numbers up to scale.
func floats(t *testing.T, r *rand.Rand, n int, scale float64) []float32 {
	v, _ := guarded[float32](t, n)
	for i := range v {
		v[i] = float32((2*r.Float64() - 1) * scale)
	}
	return v
}

func copyOf[T any](v []T) []T { return append([]T(nil), v...) }

// special are numbers that kernels may get wrong.
var special = []float32{
	float32(math.NaN()), math.Float32frombits(0x7fc00123), float32(math.Inf(1)), float32(math.Inf(-1)),
	0, float32(math.Copysign(0, -1)), 1e-45, -1e-45, 1e-38, -1e-38, 1, -1, 20, -20, 88, -88, 1e9, -1e9,
	math.MaxFloat32, -math.MaxFloat32,
}

// near fails unless got equals want within absolute + relative·|want|.
func near(t *testing.T, what string, got, want []float32, absolute, relative float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %d numbers, want %d", what, len(got), len(want))
	}
	for i, g := range got {
		w := float64(want[i])
		if math.IsNaN(w) != math.IsNaN(float64(g)) || !(math.Abs(float64(g)-w) <= absolute+relative*math.Abs(w)) && !math.IsNaN(w) && float64(g) != w {
			t.Fatalf("%s: number %d of %d: got %g want %g", what, i, len(got), g, w)
		}
	}
}

func same[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %d numbers, want %d", what, len(got), len(want))
	}
	for i, g := range got {
		if g != want[i] {
			t.Fatalf("%s: number %d of %d: got %v want %v", what, i, len(got), g, want[i])
		}
	}
}

// panics fails unless f panics with a message of this package.
func panics(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if message := fmt.Sprint(recover()); len(message) < 8 || message[:8] != "kernel: " {
			t.Errorf("%s: got panic %q, want one of this package", what, message)
		}
	}()
	f()
}

// randomFields are fields of a tile, and of one lateral row if shared.
func randomFields(t *testing.T, r *rand.Rand, samples, width, contexts int, shared bool) *Fields {
	rows := samples
	if shared {
		rows = 1
	}
	x := &Fields{
		Width: width, F: floats(t, r, samples*width, 12), C: floats(t, r, contexts*width, 3),
		L: floats(t, r, rows*width, 3), Context: make([]uint8, samples),
	}
	for i := range x.Context {
		x.Context[i] = uint8(r.IntN(contexts))
	}
	return x
}

// shapes are numbers of samples and widths.
func shapes(test func(samples, width int, shared bool)) {
	for _, samples := range []int{1, 2, 7} {
		for width := Lane; width <= 9*Lane; width += Lane {
			test(samples, width, samples == 2)
		}
	}
}
