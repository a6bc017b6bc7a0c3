package pid

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goal-search/goal-search/internal/kernel"
)

// estimate runs the fast estimator.
func (c *fastCase) estimate(t testing.TB) {
	t.Helper()
	e, err := NewFastEstimator(c.goal, c.size...)
	if err != nil {
		t.Fatal(err)
	}
	e.Estimate(c.fast, c.values, c.terms)
}

// encodings are the numbers' encodings, which tell more than == does.
func encodings(values ...float64) (all []uint64) {
	for _, v := range values {
		all = append(all, math.Float64bits(v))
	}
	return all
}

// TestFastDoesNotDependOnOrder permutes samples: all bits stay the same.
func TestFastDoesNotDependOnOrder(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(41, 42))
		for sources := 2; sources <= 3; sources++ {
			c := randomFastCase(t, random, sources, 500, 13, 12)
			c.estimate(t)
			p := newFastCase(c.goal, c.size, 500, 13)
			order := random.Perm(500)
			for i, from := range order {
				copy(p.fast.Cells[i*p.fast.Stride:][:16], c.fast.Cells[from*c.fast.Stride:])
				copy(p.fast.Theta[i*p.fast.Stride:][:16], c.fast.Theta[from*c.fast.Stride:])
			}
			p.estimate(t)
			if !slices.Equal(encodings(c.terms...), encodings(p.terms...)) || !slices.Equal(encodings(c.values...), encodings(p.values...)) {
				t.Errorf("%d sources: values or terms depend on the order", sources)
			}
			for i, from := range order {
				got, want := p.fast.Gradient[i*p.fast.Stride:][:16], c.fast.Gradient[from*c.fast.Stride:][:16]
				if !slices.Equal(got, want) {
					t.Fatalf("%d sources, sample %d: got gradient %g, want %g", sources, from, got, want)
				}
			}
		}
	})
}

// TestFastDoesNotDependOnNeighbours estimates neurons one by one and in groups
// as several threads would.
func TestFastDoesNotDependOnNeighbours(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		const neurons = 21
		c := randomFastCase(t, rand.New(rand.NewPCG(43, 44)), 3, 300, neurons, 6)
		c.estimate(t)
		for _, step := range []int{1, 8, 16} {
			e, err := NewFastEstimator(c.goal, c.size...)
			if err != nil {
				t.Fatal(err)
			}
			for first := 0; first < neurons; first += 8 * ((step + 7) / 8) {
				last := min(first+step, neurons)
				part := c.fast.columns(first, last)
				part.Gradient = make([]float32, len(part.Theta))
				values, terms := make([]float64, last-first), make([]float64, 19*(last-first))
				e.Estimate(part, values, terms)
				if !slices.Equal(encodings(values...), encodings(c.values[first:last]...)) || !slices.Equal(encodings(terms...), encodings(c.terms[19*first:19*last]...)) {
					t.Fatalf("neurons %d to %d: values or terms depend on the neighbours", first, last)
				}
				for b := range c.fast.Samples {
					got, want := part.Gradient[b*part.Stride:][:last-first], c.fast.Gradient[b*part.Stride+first:][:last-first]
					if !slices.Equal(got, want) {
						t.Fatalf("neurons %d to %d, sample %d: got gradient %g, want %g", first, last, b, got, want)
					}
				}
			}
		}
	})
}

func TestFastWithoutGradientEqualsWith(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		c := randomFastCase(t, rand.New(rand.NewPCG(45, 46)), 3, 200, 10, 6)
		c.estimate(t)
		without := *c
		without.fast.Gradient = nil
		without.values, without.terms = make([]float64, 10), make([]float64, 190)
		without.estimate(t)
		if !slices.Equal(encodings(without.terms...), encodings(c.terms...)) || !slices.Equal(encodings(without.values...), encodings(c.values...)) {
			t.Error("values or terms depend on the gradient")
		}
	})
}

// TestFastOnSaturatedNeurons has neurons that never fire and always fire, for
// certain or nearly so.
func TestFastOnSaturatedNeurons(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(47, 48))
		for sources := 2; sources <= 3; sources++ {
			for _, theta := range []float32{0, 1, 1e-6, 1 - 1e-6, 1e-3, 1 - 1e-3} {
				c := newFastCase(randomGoal(t, random, sources), []int{20, 20, 20}[:sources], 256, 3)
				for n := range 3 {
					for b := range 256 {
						v := theta
						if n == 2 && b == 7 {
							v = 1 - theta // one sample is the other way round
						}
						c.set(n, b, v, []uint8{uint8(random.IntN(4)), uint8(random.IntN(4)), uint8(random.IntN(4))}[:sources]...)
					}
				}
				d := c.compare(t)
				d.check(t, fmt.Sprintf("%d sources, θ = %g", sources, theta), termTolerance, saturatedTolerance)
				if theta != 0 && theta != 1 {
					continue
				}
				for i, v := range c.terms[:2*c.goal.lattice.Terms()] {
					if math.Abs(v) > 1e-8 {
						t.Errorf("θ = %g: term %d is %g, want 0", theta, i, v)
					}
				}
			}
		}
	})
}

// TestFastOnNaN has one neuron with a NaN: its results are NaN, and those of
// the others and of later batches are not.
func TestFastOnNaN(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		c := randomFastCase(t, rand.New(rand.NewPCG(49, 50)), 3, 100, 10, 6)
		c.estimate(t)
		want := slices.Clone(c.terms)
		e, err := NewFastEstimator(c.goal, c.size...)
		if err != nil {
			t.Fatal(err)
		}
		theta := c.fast.Theta[50*c.fast.Stride+4]
		c.fast.Theta[50*c.fast.Stride+4] = float32(math.NaN())
		e.Estimate(c.fast, c.values, c.terms)
		for n := range 10 {
			isNaN := math.IsNaN(c.values[n]) && math.IsNaN(c.terms[19*n+18]) && math.IsNaN(float64(c.fast.Gradient[7*c.fast.Stride+n]))
			if same := slices.Equal(c.terms[19*n:][:19], want[19*n:][:19]); same != (n != 4) || isNaN != (n == 4) {
				t.Errorf("neuron %d: same terms %t, NaN %t", n, same, isNaN)
			}
		}
		c.fast.Theta[50*c.fast.Stride+4] = theta
		e.Estimate(c.fast, c.values, c.terms)
		if !slices.Equal(c.terms, want) {
			t.Error("the estimator keeps something of the NaN")
		}
	})
}

func TestNewFastEstimatorRefuses(t *testing.T) {
	goal := randomGoal(t, rand.New(rand.NewPCG(51, 52)), 3)
	cases := []struct {
		goal Goal
		bins []int
		why  string
	}{
		{goal, []int{20, 20}, "number of sources"}, {Goal{}, []int{20, 20, 20}, "number of sources"},
		{goal, []int{20, 0, 20}, "want 1 to 256"}, {goal, []int{20, 257, 2}, "want 1 to 256"},
		{goal, []int{64, 64, 64}, "2^16 joint bins"}, {goal, []int{256, 256, 1}, "2^16 joint bins"},
	}
	for _, c := range cases {
		if _, err := NewFastEstimator(c.goal, c.bins...); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%v: got %v, want an error with %q", c.bins, err, c.why)
		}
	}
}

func TestFastDoesNotAllocate(t *testing.T) {
	c := randomFastCase(t, rand.New(rand.NewPCG(53, 54)), 3, 100, 10, 20)
	e, err := NewFastEstimator(c.goal, c.size...)
	if err != nil {
		t.Fatal(err)
	}
	e.Estimate(c.fast, c.values, c.terms)
	if n := testing.AllocsPerRun(10, func() { e.Estimate(c.fast, c.values, c.terms) }); n != 0 {
		t.Errorf("got %g allocations, want none", n)
	}
}

// TestFastOnManyCells fills more cells than there are in a layer of the paper,
// and the largest batches.
func TestFastOnManyCells(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(55, 56))
		for _, samples := range []int{1500, 4095, 4096, 12000} {
			d := randomFastCase(t, random, 3, samples, 2, 20).compare(t)
			d.check(t, fmt.Sprintf("%d samples", samples), termTolerance, gradientTolerance)
		}
	})
}

func FuzzFastEstimate(f *testing.F) {
	f.Add(uint64(1), uint16(64), uint8(3), uint8(2))
	f.Add(uint64(2), uint16(1023), uint8(20), uint8(3))
	f.Fuzz(func(t *testing.T, seed uint64, samples uint16, spread, sources uint8) {
		random := rand.New(rand.NewPCG(seed, 57))
		c := randomFastCase(t, random, 2+int(sources%2), 2+int(samples%2000), 1+int(seed%9), 1+int(spread%20))
		for _, path := range kernel.Available() {
			old := kernel.Use(path)
			c.compare(t).check(t, string(path), 3*termTolerance, saturatedTolerance)
			kernel.Use(old)
		}
	})
}
