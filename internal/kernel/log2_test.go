package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// log2Tolerance is the error of Log2 in units of max(1, |log₂ x|).
const log2Tolerance = 1e-7

func log2Error(got, x float32) float64 {
	want := math.Log2(float64(x))
	return math.Abs(float64(got)-want) / max(1, math.Abs(want))
}

func TestLog2Error(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		const n = 1 << 16
		x, got := make([]float32, n), make([]float32, n)
		var largest float64
		var at float32
		for _, exponent := range []int{-126, -40, -23, -2, -1, 0, 1, 30, 127} {
			for i := range x {
				x[i] = float32(math.Ldexp(1+float64(i)/n, exponent))
			}
			Log2(got, x)
			for i, v := range x {
				if e := log2Error(got[i], v); !(e <= largest) {
					largest, at = e, v
				}
			}
		}
		t.Logf("largest error %.3g at %g", largest, at)
		if !(largest <= log2Tolerance) {
			t.Errorf("largest error %g at %g, want at most %g", largest, at, log2Tolerance)
		}
	})
}

func TestLog2EqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for n := range 200 {
			x := floats(t, r, n, 1)
			for i := range x {
				x[i] = float32(math.Exp(80 * float64(x[i])))
			}
			got, intact := guarded[float32](t, n)
			want := make([]float32, n)
			Log2(got, x)
			log2Generic(want, x)
			near(t, "log₂", got, want, 1.2e-7, 1.2e-7)
			intact()
			Log2(x, x)
			same(t, "log₂ in place", x, got)
		}
	})
}

func TestLog2OfSpecialNumbers(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for first := range special {
			x := append(copyOf(special[first:]), special[:first]...)
			got := make([]float32, len(x))
			Log2(got, x)
			for i, v := range x {
				want := float32(-126)
				if v > smallestNormal {
					want = min(float32(math.Log2(float64(v))), 128)
				}
				if math.Abs(float64(got[i]-want)) > 1e-7*math.Abs(float64(want)) {
					t.Errorf("log₂ %g: got %g, want %g", v, got[i], want)
				}
			}
		}
		panics(t, "unequal length", func() { Log2(make([]float32, 3), make([]float32, 4)) })
	})
}

func BenchmarkLog2(b *testing.B) {
	x, dst := make([]float32, 1<<10), make([]float32, 1<<10)
	for i := range x {
		x[i] = float32(i + 1)
	}
	benchEachPath(b, len(x), func() { Log2(dst, x) })
}

func FuzzLog2(f *testing.F) {
	for _, v := range special {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v float32) {
		x, want := []float32{v, 1, v}, make([]float32, 3)
		log2Generic(want, x)
		for _, p := range Available() {
			defer Use(Use(p))
			got := make([]float32, 3)
			Log2(got, x)
			near(t, string(p), got, want, 1.2e-7, 1.2e-7)
			if v > smallestNormal && v <= math.MaxFloat32 && log2Error(got[0], v) > log2Tolerance {
				t.Errorf("%s: log₂ %g: got %g", p, v, got[0])
			}
		}
	})
}
