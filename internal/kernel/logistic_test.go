package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// logisticTolerance is the largest error of the logistic function.
const logisticTolerance = 1.2e-7

func TestLogisticError(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		const n = 1 << 12
		x, theta := make([]float32, n), make([]float32, n)
		largest, at := 0., float32(0)
		for first := float32(-100); first < 100; first++ {
			for i := range x {
				x[i] = first + float32(i)/n
			}
			Logistic(theta, x)
			for i, v := range x {
				if e := math.Abs(float64(theta[i]) - 1/(1+math.Exp(-float64(v)))); e > largest {
					largest, at = e, v
				}
			}
		}
		t.Logf("largest error %.3g at %g", largest, at)
		if largest > logisticTolerance {
			t.Errorf("largest error %g at %g, want at most %g", largest, at, logisticTolerance)
		}
	})
}

func TestLogisticEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for n := range 100 {
			x := floats(t, r, n, 20)
			got, intact := guarded[float32](t, n)
			want := make([]float32, n)
			Logistic(got, x)
			logisticGeneric(want, x)
			near(t, "logistic", got, want, logisticTolerance, 0)
			intact()
			ClampedLogistic(got, x)
			clampedLogisticGeneric(want, x)
			near(t, "clamped", got, want, logisticTolerance, 0)
			intact()
			ClampedLogistic(x, x)
			same(t, "clamped in place", x, got)
			gradient := floats(t, r, n, 1)
			ClampedLogisticBackward(got, gradient, x)
			clampedLogisticBackwardGeneric(want, gradient, x)
			near(t, "slope", got, want, 0, 3e-7)
			intact()
			ClampedLogisticBackward(gradient, gradient, x)
			same(t, "slope in place", gradient, got)
		}
	})
}

func TestLogisticOfSpecialNumbers(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		x := append(copyOf(special), special[:12]...) // whole vectors
		got, want := make([]float32, len(x)), make([]float32, len(x))
		Logistic(got, x)
		logisticGeneric(want, x)
		near(t, "logistic", got, want, logisticTolerance, 0)
		for i, v := range x {
			if v > 17.5 && got[i] != 1 || v < -87 && got[i] > 3e-38 || v == 0 && got[i] != .5 {
				t.Errorf("logistic of %g is %g", v, got[i])
			}
		}
		ClampedLogistic(got, x)
		clampedLogisticGeneric(want, x)
		near(t, "clamped", got, want, logisticTolerance, 0)
	})
}

func TestClampedLogisticBackwardIsZeroAtTheClamp(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		low, high := float32(LogisticMargin), float32(1-LogisticMargin)
		theta := []float32{low, high, .5, float32(math.NaN()), 2 * low, low, high, .25, low, low, low, low, low, low, low, low}
		gradient, got := row(1), row(guard)
		ClampedLogisticBackward(got, gradient, theta)
		near(t, "slope", got[:8], []float32{0, 0, .25, float32(math.NaN()), 2e-6, 0, 0, .1875}, 0, 1e-5)
	})
}

func FuzzLogistic(f *testing.F) {
	f.Add(float32(1))
	f.Fuzz(func(t *testing.T, v float32) {
		want := row(logistic(v))
		eachPath(t, func(t *testing.T) {
			got := row(v)
			Logistic(got, got)
			near(t, "logistic", got, want, logisticTolerance, 0)
		})
	})
}

func BenchmarkLogistic(b *testing.B) {
	x, theta := benchFields()
	benchEachPath(b, len(theta), func() { Logistic(theta, x.F) })
}

func BenchmarkClampedLogisticBackward(b *testing.B) {
	x, theta := benchFields()
	benchEachPath(b, len(theta), func() { ClampedLogisticBackward(theta, x.F, x.F) })
}
