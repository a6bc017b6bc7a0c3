package sampler

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/goal-search/goal-search/study"
)

// axes are parameters of every kind, extreme ones among them.
var axes = []study.Parameter{
	{Name: "linear", Low: -1, High: 1},
	{Name: "narrow", Low: 1, High: math.Nextafter(1, 2)},
	{Name: "widest", Low: -math.MaxFloat64, High: math.MaxFloat64},
	{Name: "log", Low: 1e-300, High: 1e300, Log: true},
	{Name: "log narrow", Low: 1e-4, High: 2e-4, Log: true},
	{Name: "log neighbours", Low: 1e300, High: math.Nextafter(1e300, math.Inf(1)), Log: true},
	{Name: "log widest", Low: math.SmallestNonzeroFloat64, High: math.MaxFloat64, Log: true},
	{Name: "two", Low: 0, High: 1, Integer: true},
	{Name: "negative", Low: -7, High: -3, Integer: true},
	{Name: "many", Low: 0, High: 1e15, Integer: true},
	{Name: "widest whole", Low: -math.MaxFloat64, High: math.MaxFloat64, Integer: true},
	{Name: "log whole", Low: 1, High: 1000, Log: true, Integer: true},
}

func TestAxisMapsTheUnitIntervalOntoItsRange(t *testing.T) {
	r := rand.New(rand.NewPCG(0, 0))
	for _, p := range axes {
		a := newAxis(p)
		if got := a.value(0); got != p.Low {
			t.Errorf("%s: value at 0 is %g, want %g", p.Name, got, p.Low)
		}
		if got := a.value(1); got != p.High {
			t.Errorf("%s: value at 1 is %g, want %g", p.Name, got, p.High)
		}
		for range 1000 {
			v := a.value(r.Float64())
			u := a.unit(v)
			if !p.Contains(v) || u < 0 || u > 1 {
				t.Fatalf("%s: value %g, at %g again: want both in their ranges", p.Name, v, u)
			}
		}
	}
}

func TestAxisMapsBackAndForth(t *testing.T) {
	r := rand.New(rand.NewPCG(0, 0))
	for _, p := range axes {
		if p.High == math.Nextafter(p.Low, p.High) { // holds two numbers only
			continue
		}
		a := newAxis(p)
		for range 1000 {
			v := a.value(r.Float64())
			again := a.value(a.unit(v))
			if math.Abs(again/2-v/2) > 1e-12*max(math.Abs(v), p.High/2-p.Low/2) {
				t.Fatalf("%s: %g comes back as %g", p.Name, v, again)
			}
		}
	}
}

func FuzzAxis(f *testing.F) {
	for _, p := range axes {
		f.Add(p.Low, p.High, p.Log, p.Integer, 0.3)
	}
	f.Fuzz(func(t *testing.T, low, high float64, log, integer bool, u float64) {
		p := study.Parameter{Name: "a", Low: low, High: high, Log: log, Integer: integer}
		if p.Validate() != nil || p.Fixed() || !(u >= 0 && u <= 1) {
			t.Skip()
		}
		a := newAxis(p)
		v := a.value(u)
		if !p.Contains(v) {
			t.Errorf("value at %g is %g, outside [%g, %g]", u, v, low, high)
		}
		if again := a.unit(v); !(again >= 0 && again <= 1) {
			t.Errorf("%g in [%g, %g] lies at %g, want it in [0, 1]", v, low, high, again)
		}
	})
}

func TestWholeNumbersAreEquallyLikely(t *testing.T) {
	a := newAxis(study.Parameter{Name: "k", Low: -2, High: 3, Integer: true})
	from := 0.0
	for k := a.Low; k <= a.High; k++ {
		left, right := a.cell(k)
		if math.Abs(left-from) > 1e-15 || math.Abs(right-left-1.0/6) > 1e-15 {
			t.Errorf("cell of %g is [%g, %g], want the sixth from %g", k, left, right, from)
		}
		if got := a.value((left + right) / 2); got != k {
			t.Errorf("the middle of %g's cell has value %g", k, got)
		}
		from = right
	}
	if from != 1 {
		t.Errorf("the last cell ends at %g, want 1", from)
	}
}

func TestPointRefusesWhatLiesOutside(t *testing.T) {
	b, err := newBox(study.Space{{Name: "a", Low: 0, High: 2}, {Name: "k", Low: 1, High: 3, Integer: true}})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []study.Parameters{
		{"a": 1},
		{"a": 3, "k": 1},
		{"a": math.NaN(), "k": 1},
		{"a": 1, "k": 1.5},
	} {
		if x, err := b.point(p); err == nil {
			t.Errorf("%v becomes %v, want an error", p, x)
		}
	}
}
