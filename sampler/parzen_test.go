package sampler

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goal-search/goal-search/study"
)

func mustBox(tb testing.TB, space study.Space) box {
	tb.Helper()
	b, err := newBox(space)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// randomObservations are n points of the cube, whole numbers on their axes.
func randomObservations(b box, n int) []observation {
	r := rand.New(rand.NewPCG(3, uint64(n)))
	obs := make([]observation, n)
	for i := range obs {
		x := make([]float64, len(b))
		for d, a := range b {
			x[d] = a.unit(a.value(r.Float64()))
		}
		obs[i] = observation{x: x, value: r.NormFloat64()}
	}
	return obs
}

func TestWeightsAndWidthsAreOptunas(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, 10: 1, 11: 2, 100: 10, 250: 25, 10000: 25} {
		if got := goodCount(n); got != want {
			t.Errorf("%d of %d trials are good, want %d", got, n, want)
		}
	}
	for n, want := range map[int][]float64{
		0: {}, 2: {1, 1},
		26: slices.Concat([]float64{1.0 / 26}, slices.Repeat([]float64{1}, 25)),
		28: slices.Concat([]float64{1.0 / 28, (1.0/28 + 1) / 2, 1}, slices.Repeat([]float64{1}, 25)),
	} {
		if got := recencyWeights(n); !slices.EqualFunc(got, want, near(1e-15)) {
			t.Errorf("weights of %d trials are %v, want %v", n, got, want)
		}
	}
	for _, c := range []struct {
		n, dim int
		want   float64
	}{
		{0, 19, 0.5}, {1, 19, 1.0 / 3}, {10, 19, 0.2 * math.Pow(10, -1.0/23)}, {975, 1, 0.2 * math.Pow(975, -1.0/5)},
	} {
		if got := kernelWidth(c.n, c.dim); !near(1e-15)(got, c.want) {
			t.Errorf("width for %d observations on %d axes is %g, want %g", c.n, c.dim, got, c.want)
		}
	}
}

func near(tolerance float64) func(a, b float64) bool {
	return func(a, b float64) bool { return math.Abs(a-b) <= tolerance }
}

// plainLogDensity is the mixture straight from its definition.
func plainLogDensity(b box, obs []observation, x []float64) float64 {
	phi := func(z float64) float64 { return (1 + math.Erf(z/math.Sqrt2)) / 2 }
	weights := append(recencyWeights(len(obs)), 1)
	total := 0.0
	for i, w := range weights {
		mean, sigma := centre(len(b)), 1.0
		if i < len(obs) {
			mean, sigma = obs[i].x, kernelWidth(len(obs), len(b))
		}
		density := w / sum(weights)
		for d, a := range b {
			m := mean[d]
			inRange := phi((1-m)/sigma) - phi(-m/sigma)
			if a.Integer {
				from, to := a.cell(a.value(x[d]))
				density *= (phi((to-m)/sigma) - phi((from-m)/sigma)) / inRange
			} else {
				z := (x[d] - m) / sigma
				density *= math.Exp(-z*z/2) / (sigma * math.Sqrt(2*math.Pi)) / inRange
			}
		}
		total += density
	}
	return math.Log(total)
}

func TestLogDensityEqualsItsDefinition(t *testing.T) {
	space := append(cube(5),
		study.Parameter{Name: "k", Low: 0, High: 3, Integer: true},
		study.Parameter{Name: "log k", Low: 1, High: 64, Integer: true, Log: true})
	b := mustBox(t, space)
	r := rand.New(rand.NewPCG(4, 4))
	for _, n := range []int{0, 1, 10, 60} {
		obs := randomObservations(b, n)
		p := newParzen(b, obs)
		for range 50 {
			x := p.draw(r)
			got, want := p.logDensity(x), plainLogDensity(b, obs, x)
			if !near(1e-11*max(1, math.Abs(want)))(got, want) {
				t.Fatalf("%d observations: log density at %v is %.15g, want %.15g", n, x, got, want)
			}
		}
	}
}

func TestDensityIntegratesToOne(t *testing.T) {
	b := mustBox(t, cube(1))
	p := newParzen(b, randomObservations(b, 12))
	const steps = 20000
	total := 0.0
	for i := range steps {
		total += math.Exp(p.logDensity([]float64{(float64(i) + 0.5) / steps})) / steps
	}
	if !near(1e-8)(total, 1) {
		t.Errorf("the density integrates to %.12g, want 1", total)
	}

	b = mustBox(t, study.Space{{Name: "k", Low: 1, High: 40, Integer: true, Log: true}})
	p = newParzen(b, randomObservations(b, 12))
	total = 0
	for k := 1.0; k <= 40; k++ {
		total += math.Exp(p.logDensity([]float64{b[0].unit(k)}))
	}
	if !near(1e-12)(total, 1) {
		t.Errorf("the probabilities sum to %.15g, want 1", total)
	}
}

// The draws of a mixture fall into a cell as often as its density says.
func TestDrawFollowsTheDensity(t *testing.T) {
	b := mustBox(t, study.Space{{Name: "k", Low: 0, High: 5, Integer: true}})
	p := newParzen(b, randomObservations(b, 8))
	r := rand.New(rand.NewPCG(5, 5))
	const draws = 20000
	counts := map[float64]float64{}
	for range draws {
		counts[b[0].value(p.draw(r)[0])]++
	}
	for k := 0.0; k <= 5; k++ {
		want := math.Exp(p.logDensity([]float64{b[0].unit(k)}))
		if got := counts[k] / draws; !near(5*math.Sqrt(want/draws))(got, want) {
			t.Errorf("%g is drawn with frequency %g, want %g", k, got, want)
		}
	}
}

func TestNormalMassKeepsItsDigitsInBothTails(t *testing.T) {
	const want = 7.61985302416e-24 // of [10, ∞)
	for _, got := range []float64{normalMass(10, 1000), normalMass(-1000, -10)} {
		if math.Abs(got/want-1) > 1e-10 {
			t.Errorf("mass beyond 10 is %.16g, want %.16g", got, want)
		}
	}
	if got := truncatedNormal(1, 0.01, 0); got != 0 {
		t.Errorf("the lowest draw is %g, want 0", got)
	}
}
