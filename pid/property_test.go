package pid

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
)

// randomDistribution has some empty outcomes and symbols of different size.
func randomDistribution(t *testing.T, random *rand.Rand, sources int) *Distribution {
	t.Helper()
	size := make([]int, sources+1)
	total := 1
	for i := range size {
		size[i] = 2 + random.IntN(3)
		total *= size[i]
	}
	var outcomes []Outcome
	var sum float64
	for i := range total {
		o := Outcome{P: max(0, random.Float64()-0.3)}
		rest := i
		o.Target, rest = strconv.Itoa(rest%size[0]), rest/size[0]
		for _, n := range size[1:] {
			o.Sources, rest = append(o.Sources, strconv.Itoa(rest%n)), rest/n
		}
		outcomes = append(outcomes, o)
		sum += o.P
	}
	for i := range outcomes {
		outcomes[i].P /= sum
	}
	d, err := NewDistribution(outcomes)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// mutualInformation computes I(Y : S_set) from its definition.
func mutualInformation(d *Distribution, set SourceSet) float64 {
	joint, target, source := map[string]float64{}, map[string]float64{}, map[string]float64{}
	key := func(o Outcome) string {
		var parts []string
		for i, s := range o.Sources {
			if set&(1<<i) != 0 {
				parts = append(parts, s)
			}
		}
		return joinKey(parts)
	}
	for _, o := range d.Outcomes {
		joint[o.Target+"|"+key(o)] += o.P
		target[o.Target] += o.P
		source[key(o)] += o.P
	}
	var sum float64
	for _, o := range d.Outcomes {
		if o.P > 0 {
			sum += o.P * math.Log2(joint[o.Target+"|"+key(o)]/target[o.Target]/source[key(o)])
		}
	}
	return sum
}

func TestAtomsSumToMutualInformation(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 40 {
		d := randomDistribution(t, random, 2+i%2)
		got := d.Decompose()
		l := got.Lattice
		for set := SourceSet(1); set < 1<<l.Sources(); set++ {
			var sum float64
			for _, j := range l.Below(l.Index(Antichain{set})) {
				sum += got.Atoms.Total[j]
			}
			if want := mutualInformation(d, set); math.Abs(sum-want) > 1e-12 {
				t.Fatalf("distribution %d, sources %s: atoms sum to %.15g, want %.15g", i, set, sum, want)
			}
		}
	}
}

func TestPermutedSourcesPermuteAtoms(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 20 {
		d := randomDistribution(t, random, 3)
		order := random.Perm(3)
		permuted := make([]Outcome, len(d.Outcomes))
		for j, o := range d.Outcomes {
			permuted[j] = Outcome{o.Target, []string{o.Sources[order[0]], o.Sources[order[1]], o.Sources[order[2]]}, o.P}
		}
		other, err := NewDistribution(permuted)
		if err != nil {
			t.Fatal(err)
		}
		want, got := d.Decompose(), other.Decompose()
		for j := range Trivariate.Len() {
			place := Trivariate.Index(rename(Trivariate.Antichain(j), order))
			if math.Abs(got.Atoms.Total[j]-want.Atoms.Total[place]) > 1e-12 {
				t.Fatalf("distribution %d, order %v: atom %s is %g, want that of %s, %g", i, order,
					Trivariate.Antichain(j), got.Atoms.Total[j], Trivariate.Antichain(place), want.Atoms.Total[place])
			}
		}
	}
}

// rename replaces source i by source order[i].
func rename(a Antichain, order []int) Antichain {
	renamed := make(Antichain, len(a))
	for i, set := range a {
		for s, to := range order {
			if set&(1<<s) != 0 {
				renamed[i] |= 1 << to
			}
		}
	}
	return renamed
}

// batch is a random batch of binned sources and firing probabilities.
type batch struct {
	goal  Goal
	theta []float64
	bins  [][]uint8
}

func randomBatch(t *testing.T, random *rand.Rand, sources, bins, samples int) batch {
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
	b := batch{goal: goal, bins: make([][]uint8, sources)}
	for range samples {
		b.theta = append(b.theta, 0.02+0.96*random.Float64())
		for s := range b.bins {
			b.bins[s] = append(b.bins[s], uint8(random.IntN(bins)))
		}
	}
	return b
}

func TestGradientEqualsFiniteDifferences(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for i := range 20 {
		sources := 2 + i%2
		b := randomBatch(t, random, sources, 4, 30)
		e, err := NewEstimator[float64]([]int{4, 4, 4}[:sources]...)
		if err != nil {
			t.Fatal(err)
		}
		terms, gradient := make([]float64, e.lattice.Terms()), make([]float64, 30)
		e.Estimate(b.goal, b.theta, b.bins, terms, gradient)
		value := func(theta []float64) float64 { return e.Estimate(b.goal, theta, b.bins, terms, nil) }
		want := fd.Gradient(nil, value, b.theta, &fd.Settings{Formula: fd.Central, Step: 1e-5})
		for j := range want {
			if math.Abs(gradient[j]-want[j]) > 1e-8*maxAbs(want) {
				t.Fatalf("batch %d, sample %d: got dG/dθ %.12g, finite differences give %.12g", i, j, gradient[j], want[j])
			}
		}
	}
}

func TestRelabelledBinsChangeNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	e, err := NewEstimator[float64](6, 6, 6)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		b := randomBatch(t, random, 3, 6, 50)
		want, got := make([]float64, 19), make([]float64, 19)
		wantGradient, gotGradient := make([]float64, 50), make([]float64, 50)
		e.Estimate(b.goal, b.theta, b.bins, want, wantGradient)
		for s := range b.bins {
			names := random.Perm(6)
			for j, bin := range b.bins[s] {
				b.bins[s][j] = uint8(names[bin])
			}
		}
		e.Estimate(b.goal, b.theta, b.bins, got, gotGradient)
		for j := range want {
			if math.Abs(got[j]-want[j]) > 1e-13 {
				t.Fatalf("batch %d, term %d: got %g after relabelling, want %g", i, j, got[j], want[j])
			}
		}
		for j := range wantGradient {
			if math.Abs(gotGradient[j]-wantGradient[j]) > 1e-13 {
				t.Fatalf("batch %d, sample %d: got dG/dθ %g after relabelling, want %g", i, j, gotGradient[j], wantGradient[j])
			}
		}
	}
}

func TestEstimatedAtomsSumToMutualInformation(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	e, err := NewEstimator[float64](5, 5, 5)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		b := randomBatch(t, random, 3, 5, 200)
		terms := make([]float64, 19)
		e.Estimate(b.goal, b.theta, b.bins, terms, nil)
		d := batchDistribution(t, b)
		exact := d.Decompose()
		for j, want := range exact.Atoms.Total {
			if math.Abs(terms[j]-want) > 1e-6 { // the estimator's epsilon
				t.Fatalf("batch %d, atom %d: got %g, exactly %g", i, j, terms[j], want)
			}
		}
		if math.Abs(terms[18]-exact.ResidualEntropy) > 1e-6 {
			t.Fatalf("batch %d: got H_res %g, exactly %g", i, terms[18], exact.ResidualEntropy)
		}
	}
}

// batchDistribution is the plug-in distribution of a batch.
func batchDistribution(t *testing.T, b batch) *Distribution {
	t.Helper()
	mass := map[[4]uint8]float64{}
	for i, theta := range b.theta {
		cell := [4]uint8{0, b.bins[0][i], b.bins[1][i], b.bins[2][i]}
		mass[cell] += (1 - theta) / float64(len(b.theta))
		cell[0] = 1
		mass[cell] += theta / float64(len(b.theta))
	}
	var outcomes []Outcome
	for cell, p := range mass {
		outcomes = append(outcomes, Outcome{fmt.Sprint(cell[0]), []string{fmt.Sprint(cell[1]), fmt.Sprint(cell[2]), fmt.Sprint(cell[3])}, p})
	}
	d, err := NewDistribution(outcomes)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSilentAndSaturatedNeurons(t *testing.T) {
	e, err := NewEstimator[float32](20, 20, 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, theta := range []float32{0, 1} {
		b := randomBatch(t, rand.New(rand.NewPCG(11, 12)), 3, 20, 64)
		column := make([]float32, 64)
		for i := range column {
			column[i] = theta
		}
		terms, gradient := make([]float64, 19), make([]float32, 64)
		e.Estimate(b.goal, column, b.bins, terms, gradient)
		for i, v := range terms {
			if math.Abs(v) > 1e-8 {
				t.Errorf("θ = %g: term %d is %g, want 0", theta, i, v)
			}
		}
		for i, g := range gradient {
			if math.IsNaN(float64(g)) || math.IsInf(float64(g), 0) {
				t.Fatalf("θ = %g: gradient %d is %g", theta, i, g)
			}
		}
	}
}

func BenchmarkEstimate(b *testing.B) {
	random := rand.New(rand.NewPCG(13, 14))
	gamma := make([]float64, 19)
	for i := range gamma {
		gamma[i] = random.Float64()
	}
	goal, err := NewGoal(gamma)
	if err != nil {
		b.Fatal(err)
	}
	for _, cells := range []int{8, 33, 200} {
		b.Run(fmt.Sprintf("cells=%d", cells), func(b *testing.B) {
			e, err := NewEstimator[float32](20, 20, 20)
			if err != nil {
				b.Fatal(err)
			}
			theta, gradient, terms := make([]float32, 1024), make([]float32, 1024), make([]float64, 19)
			bins := [][]uint8{make([]uint8, 1024), make([]uint8, 1024), make([]uint8, 1024)}
			for i := range theta {
				cell := random.IntN(cells)
				theta[i] = random.Float32()
				bins[0][i], bins[1][i], bins[2][i] = uint8(cell%20), uint8(cell/20%20), uint8(cell*7%20)
			}
			b.ReportAllocs()
			for b.Loop() {
				e.Estimate(goal, theta, bins, terms, gradient)
			}
		})
	}
}
