package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

var paperParams = &SchneiderParams{C1: .1, C2: .1, W1: 2, W2: 2}

// schneiderTolerance is the largest error of theta, and of its derivatives by
// fields up to 12 for gradients up to 1.
const (
	schneiderTolerance = 2e-7
	slopeTolerance     = 4e-7
)

func TestSchneiderEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		shapes(func(samples, width int, shared bool) {
			n := samples * width
			x := randomFields(t, r, samples, width, 11, shared)
			got, intact := guarded[float32](t, n)
			gate, intactGate := guarded[float32](t, n)
			want, wantGate := make([]float32, n), make([]float32, n)
			Schneider(got, gate, x, paperParams)
			schneiderGeneric(want, wantGate, x, paperParams)
			near(t, "theta", got, want, schneiderTolerance, 0)
			near(t, "gate", gate, wantGate, schneiderTolerance, 0)
			intact()
			intactGate()
			Schneider(x.F, gate, x, paperParams)
			same(t, "theta in F", x.F, got)
		})
	})
}

func TestSchneiderLateralEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		shapes(func(samples, width int, shared bool) {
			n := samples * width
			x := randomFields(t, r, samples, width, 11, shared)
			got, intact := guarded[float32](t, n)
			gateL, intactGate := guarded[float32](t, n)
			gateC, want, wantGate := floats(t, r, n, 1), make([]float32, n), make([]float32, n)
			SchneiderLateral(got, gateC, gateL, x, paperParams)
			schneiderLateralGeneric(want, gateC, wantGate, x, paperParams)
			near(t, "theta", got, want, schneiderTolerance, 0)
			near(t, "gate", gateL, wantGate, schneiderTolerance, 0)
			intact()
			intactGate()
			SchneiderLateral(x.F, gateC, gateL, x, paperParams)
			same(t, "theta in F", x.F, got)
		})
	})
}

// presented returns theta and both gates of x on the current path.
func presented(x *Fields) (theta, gateC, gateL []float32) {
	n := len(x.F)
	theta, gateC, gateL = make([]float32, n), make([]float32, n), make([]float32, n)
	Schneider(theta, gateC, x, paperParams)
	SchneiderLateral(theta, gateC, gateL, x, paperParams)
	return theta, gateC, gateL
}

func TestSchneiderOfSpecialNumbers(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		x := specialFields()
		n := len(x.F)
		first, gate, want, wantGate := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
		Schneider(first, gate, x, paperParams)
		schneiderGeneric(want, wantGate, x, paperParams)
		near(t, "theta", first, want, schneiderTolerance, 0)
		for i, v := range want {
			if v != v { // both logistics share a division
				wantGate[i], gate[i] = v, v
			}
		}
		near(t, "gate", gate, wantGate, schneiderTolerance, 0)
		theta, _, gateL := presented(x)
		near(t, "theta of the second presentation", theta, want, schneiderTolerance, 0)
		schneiderLateralGeneric(want, gate, wantGate, x, paperParams)
		near(t, "gate of L", gateL, wantGate, schneiderTolerance, 0)
	})
}

// specialFields combine all special numbers in all three fields.
func specialFields() *Fields {
	width := (len(special) + Lane - 1) / Lane * Lane
	x := &Fields{Width: width, C: make([]float32, len(special)*width)}
	for i, c := range special {
		for j := range width {
			x.C[i*width+j] = c
		}
		for _, l := range special {
			x.Context = append(x.Context, uint8(i))
			for j := range width {
				x.F = append(x.F, special[j%len(special)])
				x.L = append(x.L, l)
			}
		}
	}
	return x
}

func TestSchneiderError(t *testing.T) {
	const width, samples = 128, 512
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		x := randomFields(t, r, samples, width, 11, false)
		theta, _, _ := presented(x)
		s := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
		largest := 0.
		for i := range samples {
			f, c, l := x.rows(i)
			for j, f := range f {
				f := float64(f)
				a := f * (.8 + .1*s(2*f*float64(c[j])) + .1*s(2*f*float64(l[j])))
				largest = max(largest, math.Abs(float64(theta[i*width+j])-s(a)))
			}
		}
		t.Logf("largest error %.3g", largest)
		if largest > schneiderTolerance {
			t.Errorf("largest error %g, want at most %g", largest, schneiderTolerance)
		}
	})
}

func TestSchneiderBackwardEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		shapes(func(samples, width int, shared bool) {
			n := samples * width
			x := randomFields(t, r, samples, width, 11, shared)
			gradient := floats(t, r, n, 1)
			gradient[0] = 1e-30 // to be flushed
			theta, gateC, gateL := presented(x)
			df, intactF := guarded[float32](t, n)
			dc, intactC := guarded[float32](t, len(x.C))
			dl, intactL := guarded[float32](t, n)
			copy(df, gateC)
			clear(dc)
			copy(dl, gateL)
			wantF, wantC, wantL := copyOf(gateC), make([]float32, len(x.C)), copyOf(gateL)
			SchneiderBackward(df, dc, dl, gradient, theta, x, paperParams)
			schneiderBackwardGeneric(wantF, wantC, wantL, gradient, theta, x, paperParams)
			near(t, "df", df, wantF, slopeTolerance, 1e-6)
			near(t, "dc", dc, wantC, slopeTolerance*float64(samples), 1e-6)
			near(t, "dl", dl, wantL, slopeTolerance, 1e-6)
			if df[0] != 0 || dl[0] != 0 {
				t.Fatalf("got derivatives %g and %g for a tiny gradient, want 0", df[0], dl[0])
			}
			intactF()
			intactC()
			intactL()
		})
	})
}

// TestSchneiderBackwardIsTheDerivative of what both presentations compute, by
// each field.
func TestSchneiderBackwardIsTheDerivative(t *testing.T) {
	const width, step = Lane, 1e-2
	eachPath(t, func(t *testing.T) {
		x := randomFields(t, rand.New(rand.NewPCG(1, 2)), 1, width, 1, false)
		for j := range x.F {
			x.F[j] /= 4
		}
		theta, df, dl := presented(x)
		dc := make([]float32, width)
		SchneiderBackward(df, dc, dl, row(1), theta, x, paperParams)
		for name, of := range map[string]struct{ field, got []float32 }{"F": {x.F, df}, "C": {x.C, dc}, "L": {x.L, dl}} {
			for j, v := range of.field {
				of.field[j] = v + step
				above, _, _ := presented(x)
				of.field[j] = v - step
				below, _, _ := presented(x)
				of.field[j] = v
				if want := (above[j] - below[j]) / (2 * step); math.Abs(float64(of.got[j]-want)) > 1e-3 {
					t.Errorf("d%s of neuron %d is %g, want %g", name, j, of.got[j], want)
				}
			}
		}
	})
}

func TestSchneiderBackwardOfSpecialNumbers(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		x := specialFields()
		// Where a logistic saturates, zero times infinity makes any result
		// right that is no number; so only NaN itself is to be kept.
		gradient := make([]float32, len(x.F))
		for i := range gradient {
			gradient[i] = 1
		}
		theta, df, dl := presented(x)
		SchneiderBackward(df, make([]float32, len(x.C)), dl, gradient, theta, x, paperParams)
		for i := range df {
			f, c, l := x.rows(i / x.Width)
			j := i % x.Width
			if nan := f[j] + c[j] + l[j]; (f[j] != f[j] || c[j] != c[j] || l[j] != l[j]) && df[i] == df[i] {
				t.Fatalf("df of fields %g, %g, %g (sum %g) is %g, want NaN", f[j], c[j], l[j], nan, df[i])
			}
			if math.Abs(float64(f[j])) < 100 && math.Abs(float64(c[j])) < 100 && math.Abs(float64(l[j])) < 100 && df[i] != df[i] {
				t.Fatalf("df of fields %g, %g, %g is NaN", f[j], c[j], l[j])
			}
		}
	})
}

func TestSchneiderOfBadSizes(t *testing.T) {
	fields := func() *Fields {
		return randomFields(t, rand.New(rand.NewPCG(1, 1)), 3, 32, 4, false)
	}
	for name, spoil := range map[string]func(x *Fields){
		"width":   func(x *Fields) { x.Width = 24 },
		"zero":    func(x *Fields) { x.Width = 0 },
		"F":       func(x *Fields) { x.F = x.F[1:] },
		"L":       func(x *Fields) { x.L = x.L[:64] },
		"context": func(x *Fields) { x.Context[2] = 4 },
		"samples": func(x *Fields) { x.Context = x.Context[1:] },
	} {
		x := fields()
		theta := make([]float32, len(x.F))
		spoil(x)
		panics(t, name, func() { Schneider(theta, theta, x, paperParams) })
		panics(t, name, func() { SchneiderLateral(theta, theta, theta, x, paperParams) })
		panics(t, name, func() { SchneiderBackward(theta, x.C, theta, theta, theta, x, paperParams) })
	}
	x, theta := fields(), make([]float32, 96)
	panics(t, "gate of C", func() { Schneider(theta, theta[:64], x, paperParams) })
	panics(t, "gate of C", func() { SchneiderLateral(theta, theta[:64], theta, x, paperParams) })
	panics(t, "gate of L", func() { SchneiderLateral(theta, theta, theta[:64], x, paperParams) })
	panics(t, "dc", func() { SchneiderBackward(theta, x.C[1:], theta, theta, theta, x, paperParams) })
	panics(t, "dl", func() { SchneiderBackward(theta, x.C, theta[:64], theta, theta, x, paperParams) })
}

func FuzzSchneider(f *testing.F) {
	f.Add(float32(1), float32(2), float32(3), float32(.5))
	f.Add(float32(-200), float32(1e30), float32(-1e-30), float32(0))
	f.Fuzz(func(t *testing.T, vf, vc, vl, gradient float32) {
		x := &Fields{Width: Lane, F: row(vf), C: row(vc), L: row(vl), Context: []uint8{0}}
		want, wantC, wantL := make([]float32, Lane), make([]float32, Lane), make([]float32, Lane)
		schneiderGeneric(want, wantC, x, paperParams)
		schneiderLateralGeneric(want, wantC, wantL, x, paperParams)
		eachPath(t, func(t *testing.T) {
			got, gateC, gateL := presented(x)
			// The exponent's rounding grows with the fields where the
			// inner logistics are neither 0 nor 1.
			near(t, "theta", got, want, schneiderTolerance, 0)
			if vl == vl { // both logistics share a division
				near(t, "gate of C", gateC, wantC, schneiderTolerance, 0)
			}
			near(t, "gate of L", gateL, wantL, schneiderTolerance, 0)
		})
	})
}

// row is a row of equal numbers.
func row(v float32) []float32 {
	r := make([]float32, Lane)
	for i := range r {
		r[i] = v
	}
	return r
}

func BenchmarkSchneider(b *testing.B) {
	x, theta := benchFields()
	gateC, gateL := make([]float32, len(theta)), make([]float32, len(theta))
	b.Run("first", func(b *testing.B) {
		benchEachPath(b, len(theta), func() { Schneider(theta, gateC, x, paperParams) })
	})
	b.Run("lateral", func(b *testing.B) {
		benchEachPath(b, len(theta), func() { SchneiderLateral(theta, gateC, gateL, x, paperParams) })
	})
}

func BenchmarkSchneiderBackward(b *testing.B) {
	x, _ := benchFields()
	theta, df, dl := presented(x)
	gradient, dc := make([]float32, len(theta)), make([]float32, len(x.C))
	benchEachPath(b, len(theta), func() { SchneiderBackward(df, dc, dl, gradient, theta, x, paperParams) })
}

// benchFields are an eighth of a batch for 112 neurons.
func benchFields() (*Fields, []float32) {
	x := randomFields(nil, rand.New(rand.NewPCG(1, 2)), 128, 112, 11, false)
	return x, make([]float32, len(x.F))
}
