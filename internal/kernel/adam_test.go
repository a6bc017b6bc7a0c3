package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestAdamEqualsGeneric(t *testing.T) {
	p := &AdamParams{Rate: .002 / (1 - .9), Correction: float32(math.Sqrt(1 - .999)), Decay: 3.5e-4}
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for n := range 100 {
			gradient := floats(t, r, n, .01)
			var got, want [3][]float32
			var intact [3]func()
			for i, scale := range []float64{.1, .01, 1e-4} {
				got[i], intact[i] = guarded[float32](t, n)
				for j := range got[i] {
					got[i][j] = float32(r.Float64() * scale)
				}
				want[i] = copyOf(got[i])
			}
			Adam(got[0], gradient, got[1], got[2], p)
			adamGeneric(want[0], gradient, want[1], want[2], p)
			near(t, "value", got[0], want[0], 1e-8, 3e-7)
			near(t, "mean", got[1], want[1], 1e-9, 3e-7)
			near(t, "square", got[2], want[2], 1e-11, 3e-7)
			for _, check := range intact {
				check()
			}
		}
	})
}

// TestAdamIsThePapersFormula compares steps with the formula in float64.
func TestAdamIsThePapersFormula(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		const n, rate, decay = 2 * Lane, .002, 3.5e-4
		value, mean, square := floats(t, r, n, .1), make([]float32, n), make([]float32, n)
		var w, m, s [n]float64
		for i, v := range value {
			w[i] = float64(v)
		}
		for step := 1; step <= 50; step++ {
			gradient := floats(t, r, n, 1e-3)
			c1, c2 := 1-math.Pow(.9, float64(step)), 1-math.Pow(.999, float64(step))
			Adam(value, gradient, mean, square, &AdamParams{float32(rate / c1), float32(math.Sqrt(c2)), decay})
			for i, g := range gradient {
				g := float64(g) + decay*w[i]
				m[i] = .9*m[i] + .1*g
				s[i] = .999*s[i] + .001*g*g
				w[i] -= rate / c1 * m[i] / (math.Sqrt(s[i])/math.Sqrt(c2) + 1e-8)
			}
		}
		for i, v := range value {
			if math.Abs(float64(v)-w[i]) > 1e-6 {
				t.Errorf("value %d is %g, want %g", i, v, w[i])
			}
		}
	})
}

func TestAdamOfSpecialNumbers(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		nan, inf := float32(math.NaN()), float32(math.Inf(1))
		gradient := make([]float32, Lane)
		copy(gradient, []float32{nan, inf, -inf, 0, 1e30})
		value, mean, square := row(1), row(0), row(0)
		Adam(value, gradient, mean, square, &AdamParams{Rate: .01, Correction: 1})
		for i, want := range []bool{true, true, true, false, false} {
			if nan := value[i] != value[i]; nan != want {
				t.Errorf("value of gradient %g is %g", gradient[i], value[i])
			}
		}
		if value[3] != 1 || mean[3] != 0 || square[3] != 0 {
			t.Errorf("without gradient: value %g mean %g square %g", value[3], mean[3], square[3])
		}
	})
}

func TestAdamOfBadSizes(t *testing.T) {
	v := make([]float32, 3)
	panics(t, "gradient", func() { Adam(v, v[:2], v, v, &AdamParams{}) })
	panics(t, "mean", func() { Adam(v, v, v[:2], v, &AdamParams{}) })
	panics(t, "square", func() { Adam(v, v, v, v[:2], &AdamParams{}) })
}

func FuzzAdam(f *testing.F) {
	f.Add(float32(.1), float32(.01), float32(0), float32(0))
	f.Fuzz(func(t *testing.T, value, gradient, mean, square float32) {
		for _, v := range []float32{value, gradient, mean, square} {
			if !(math.Abs(float64(v)) < 1e6) || v != 0 && math.Abs(float64(v)) < 1e-6 {
				t.Skip()
			}
		}
		square = float32(math.Abs(float64(square)))
		p := &AdamParams{Rate: .002, Correction: .5, Decay: 3e-4}
		want := []float32{value, mean, square}
		adamGeneric(want[:1], []float32{gradient}, want[1:2], want[2:], p)
		eachPath(t, func(t *testing.T) {
			v, m, s := row(value), row(mean), row(square)
			Adam(v, row(gradient), m, s, p)
			// Where terms cancel, the rounding of the larger ones remains.
			size := math.Abs(float64(value)) + math.Abs(float64(gradient)) + math.Abs(float64(mean))
			near(t, "mean", m[:1], want[1:2], 1e-6*size, 0)
			near(t, "square", s[:1], want[2:], 1e-9*size*size, 1e-6)
		})
	})
}

func BenchmarkAdam(b *testing.B) {
	const n = 784 * 16
	value, gradient, mean, square := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
	for i := range gradient {
		gradient[i] = rand.Float32() - .5
	}
	benchEachPath(b, n, func() { Adam(value, gradient, mean, square, &AdamParams{.01, .1, 3e-4}) })
}
