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
			x := randomFields(t, r, samples, width, 11, shared)
			got, intact := guarded[float32](t, samples*width)
			want := make([]float32, samples*width)
			Schneider(got, x, paperParams)
			schneiderGeneric(want, x, paperParams)
			near(t, "theta", got, want, schneiderTolerance, 0)
			intact()
			Schneider(x.F, x, paperParams)
			same(t, "theta in F", x.F, got)
		})
	})
}

func TestSchneiderOfSpecialNumbers(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		x := specialFields()
		got, want := make([]float32, len(x.F)), make([]float32, len(x.F))
		Schneider(got, x, paperParams)
		schneiderGeneric(want, x, paperParams)
		near(t, "theta", got, want, schneiderTolerance, 0)
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
		theta := make([]float32, len(x.F))
		Schneider(theta, x, paperParams)
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
			gradient, theta := floats(t, r, n, 1), floats(t, r, n, 1)
			Schneider(theta, x, paperParams)
			df, intactF := guarded[float32](t, n)
			dc, intactC := guarded[float32](t, len(x.C))
			dl, intactL := guarded[float32](t, n)
			clear(dc)
			wantF, wantC, wantL := make([]float32, n), make([]float32, len(x.C)), make([]float32, n)
			SchneiderBackward(df, dc, dl, gradient, theta, x, paperParams)
			schneiderBackwardGeneric(wantF, wantC, wantL, gradient, theta, x, paperParams)
			near(t, "df", df, wantF, slopeTolerance, 1e-6)
			near(t, "dc", dc, wantC, slopeTolerance*float64(samples), 1e-6)
			near(t, "dl", dl, wantL, slopeTolerance, 1e-6)
			intactF()
			intactC()
			intactL()
			SchneiderBackward(gradient, make([]float32, len(x.C)), theta, gradient, theta, x, paperParams)
			same(t, "df in gradient", gradient, df)
			same(t, "dl in theta", theta, dl)
		})
	})
}

func TestSchneiderBackwardOfSpecialNumbers(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		x := specialFields()
		// Where a logistic saturates, zero times infinity makes any result
		// right that is no number; so only NaN itself is to be kept.
		n := len(x.F)
		gradient, theta := make([]float32, n), make([]float32, n)
		for i := range gradient {
			gradient[i] = 1
		}
		Schneider(theta, x, paperParams)
		df, dc, dl := make([]float32, n), make([]float32, len(x.C)), make([]float32, n)
		SchneiderBackward(df, dc, dl, gradient, theta, x, paperParams)
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
		panics(t, name, func() { Schneider(theta, x, paperParams) })
	}
}

func FuzzSchneider(f *testing.F) {
	f.Add(float32(1), float32(2), float32(3), float32(.5))
	f.Add(float32(-200), float32(1e30), float32(-1e-30), float32(0))
	f.Fuzz(func(t *testing.T, vf, vc, vl, gradient float32) {
		x := &Fields{Width: Lane, F: row(vf), C: row(vc), L: row(vl), Context: []uint8{0}}
		want := make([]float32, Lane)
		schneiderGeneric(want, x, paperParams)
		eachPath(t, func(t *testing.T) {
			got := make([]float32, Lane)
			Schneider(got, x, paperParams)
			// The exponent's rounding grows with the fields where the
			// inner logistics are neither 0 nor 1.
			near(t, "theta", got, want, schneiderTolerance, 0)
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
	benchEachPath(b, len(theta), func() { Schneider(theta, x, paperParams) })
}

func BenchmarkSchneiderBackward(b *testing.B) {
	x, theta := benchFields()
	n := len(theta)
	gradient, df, dl, dc := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, len(x.C))
	Schneider(theta, x, paperParams)
	benchEachPath(b, n, func() { SchneiderBackward(df, dc, dl, gradient, theta, x, paperParams) })
}

// benchFields are an eighth of a batch for 112 neurons.
func benchFields() (*Fields, []float32) {
	x := randomFields(nil, rand.New(rand.NewPCG(1, 2)), 128, 112, 11, false)
	return x, make([]float32, len(x.F))
}
