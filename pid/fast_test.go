package pid

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/internal/vectors"
)

// The tolerances of FastEstimator's documentation.
const (
	termTolerance      = 4e-7
	gradientTolerance  = 1e-5 // of the largest entry
	saturatedTolerance = 1e-4
)

// fastCase is the batch of one layer, in the layouts of both estimators.
type fastCase struct {
	goal   Goal
	size   []int
	fast   FastBatch
	theta  [][]float64 // [neuron][sample], fast.Theta in fixed point
	bins   [][][]uint8 // [neuron][source][sample]
	values []float64
	terms  []float64
}

func newFastCase(goal Goal, size []int, samples, neurons int) *fastCase {
	stride := (neurons + 7) / 8 * 8
	c := &fastCase{goal: goal, size: size, values: make([]float64, neurons), terms: make([]float64, neurons*goal.lattice.Terms())}
	c.fast = FastBatch{
		Samples: samples, Neurons: neurons, Stride: stride, Cells: make([]uint16, samples*stride),
		Theta: make([]float32, samples*stride), Gradient: make([]float32, samples*stride),
	}
	for range neurons {
		bins := make([][]uint8, len(size))
		for s := range bins {
			bins[s] = make([]uint8, samples)
		}
		c.bins, c.theta = append(c.bins, bins), append(c.theta, make([]float64, samples))
	}
	return c
}

// set gives a sample of a neuron its θ and bins.
func (c *fastCase) set(neuron, sample int, theta float32, bins ...uint8) {
	cell := 0
	for s, bin := range bins {
		c.bins[neuron][s][sample] = bin
		cell = cell*c.size[s] + int(bin)
	}
	c.theta[neuron][sample] = math.RoundToEven(float64(theta)*0x1p40) * 0x1p-40
	c.fast.Theta[sample*c.fast.Stride+neuron] = theta
	c.fast.Cells[sample*c.fast.Stride+neuron] = uint16(cell)
}

func randomGoal(t testing.TB, random *rand.Rand, sources int) Goal {
	t.Helper()
	l, err := LatticeOf(sources)
	if err != nil {
		t.Fatal(err)
	}
	gamma := make([]float64, l.Terms())
	for i := range gamma {
		gamma[i] = 2*random.Float64() - 1
	}
	goal, err := NewGoal(gamma)
	if err != nil {
		t.Fatal(err)
	}
	return goal
}

// randomFastCase draws bins around the middle, spread wide or not, and θ about
// a mean of its own for each cell.
func randomFastCase(t testing.TB, random *rand.Rand, sources, samples, neurons, spread int) *fastCase {
	t.Helper()
	c := newFastCase(randomGoal(t, random, sources), []int{20, 20, 20}[:sources], samples, neurons)
	for n := range neurons {
		gain := 3 * random.Float64()
		for b := range samples {
			bins := make([]uint8, sources)
			var field float64
			for s := range bins {
				bins[s] = uint8(10 - spread/2 + random.IntN(spread))
				field += float64(bins[s]) - 9.5
			}
			field = gain*field + random.NormFloat64()
			c.set(n, b, float32(1/(1+math.Exp(-field))), bins...)
		}
	}
	return c
}

// difference holds the largest deviations of the fast estimator.
type difference struct{ terms, value, gradient float64 }

// compare runs both estimators.
func (c *fastCase) compare(t testing.TB) difference {
	t.Helper()
	fast, err := NewFastEstimator(c.goal, c.size...)
	if err != nil {
		t.Fatal(err)
	}
	reference, err := NewEstimator[float64](c.size...)
	if err != nil {
		t.Fatal(err)
	}
	fast.Estimate(c.fast, c.values, c.terms)
	var d difference
	var scale float64
	count := c.goal.lattice.Terms()
	for n := range c.fast.Neurons {
		terms, gradient := make([]float64, count), make([]float64, c.fast.Samples)
		value := reference.Estimate(c.goal, c.theta[n], c.bins[n], terms, gradient)
		d.value = worst(d.value, math.Abs(value-c.values[n]))
		for i, want := range terms {
			d.terms = worst(d.terms, math.Abs(want-c.terms[n*count+i]))
		}
		scale = max(scale, maxAbs(gradient))
		for b, want := range gradient {
			d.gradient = worst(d.gradient, math.Abs(want-float64(c.fast.Gradient[b*c.fast.Stride+n])))
		}
	}
	d.gradient /= max(scale, 1e-10)
	return d
}

// worst is the larger one, NaN if one is.
func worst(a, b float64) float64 { return math.Max(a, b) }

func (d *difference) add(other difference) {
	d.terms = worst(d.terms, other.terms)
	d.value = worst(d.value, other.value)
	d.gradient = worst(d.gradient, other.gradient)
}

func (d difference) check(t *testing.T, name string, terms, gradient float64) {
	t.Helper()
	if !(d.terms <= terms && d.gradient <= gradient) {
		t.Errorf("%s: terms are %.2g off, want %.2g; gradients %.2g of the largest, want %.2g", name, d.terms, terms, d.gradient, gradient)
	}
}

// onEveryPath runs a test on each path of this processor.
func onEveryPath(t *testing.T, test func(t *testing.T)) {
	for _, path := range kernel.Available() {
		t.Run(string(path), func(t *testing.T) {
			defer kernel.Use(kernel.Use(path))
			test(t)
		})
	}
}

func TestFastEqualsReference(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(21, 22))
		for sources := 2; sources <= 3; sources++ {
			var all, small difference
			for _, samples := range []int{2, 3, 17, 63, 64, 200, 896, 1024} {
				for _, spread := range []int{2, 4, 20} {
					name := fmt.Sprintf("%d sources, %d samples, spread %d", sources, samples, spread)
					d := randomFastCase(t, random, sources, samples, 11, spread).compare(t)
					if samples < 64 {
						small.add(d)
						d.check(t, name, 2*termTolerance, 2*gradientTolerance)
						continue
					}
					all.add(d)
					d.check(t, name, termTolerance, gradientTolerance)
				}
			}
			t.Logf("%d sources: terms %.2g bit, goal %.2g bit, gradient %.2g of the largest; below 64 samples %.2g, %.2g, %.2g",
				sources, all.terms, all.value, all.gradient, small.terms, small.value, small.gradient)
		}
	})
}

func TestFastEqualsReferenceOnVectors(t *testing.T) {
	var file struct{ Cases []batchCase }
	vectors.Load(t, "pid_batch.json", &file)
	onEveryPath(t, func(t *testing.T) {
		var d difference
		for _, c := range file.Cases {
			for _, g := range c.Goals {
				one := c.fastCase(t, c.Gammas[g.Gamma]).compare(t)
				one.check(t, c.Name+" "+g.Gamma, termTolerance, saturatedTolerance)
				d.add(one)
			}
		}
		t.Logf("terms %.2g bit, goal %.2g bit, gradient %.2g of the largest", d.terms, d.value, d.gradient)
	})
}

func (c batchCase) fastCase(t *testing.T, gamma []float64) *fastCase {
	t.Helper()
	goal, err := NewGoal(gamma)
	if err != nil {
		t.Fatal(err)
	}
	f := newFastCase(goal, c.Binning.NBins, c.Batch, c.Neurons)
	for n := range c.Neurons {
		for b := range c.Batch {
			var bins []uint8
			for _, source := range []string{"F", "C", "L"}[:c.Sources] {
				bins = append(bins, uint8(c.Bins[source][b][n]))
			}
			f.set(n, b, float32(c.Theta[b][n]), bins...)
		}
	}
	return f
}

// TestKernelSignsEqualLattice holds the copy of the inclusion-exclusion in
// package kernel to the lattices here.
func TestKernelSignsEqualLattice(t *testing.T) {
	for _, l := range []*Lattice{Bivariate, Trivariate} {
		for a, union := range l.unions {
			var want [8]int
			for _, term := range union {
				want[term.set] = int(term.sign)
			}
			for set := 1; set < 1<<l.sources; set++ {
				if got := kernel.PIDSign(l.sources, a, set); got != want[set] {
					t.Errorf("%s, set %s: got sign %d, want %d", l.antichains[a], SourceSet(set), got, want[set])
				}
			}
		}
	}
}
