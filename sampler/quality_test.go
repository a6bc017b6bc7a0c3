package sampler

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/goal-search/goal-search/study"
)

// ellipsoid is a rotated quadratic function with condition 100 and its
// optimum, 0, off the centre.
func ellipsoid(space study.Space) func(study.Parameters) float64 {
	axes := randomRotation(len(space))
	return func(p study.Parameters) float64 {
		value := 0.0
		for i, axis := range axes {
			y := 0.0
			for j, q := range space {
				y += axis[j] * (p[q.Name] - 0.3)
			}
			value -= y * y * math.Pow(100, -float64(i)/float64(len(axes)-1))
		}
		return value
	}
}

// randomRotation returns orthonormal vectors, by Gram and Schmidt.
func randomRotation(dim int) [][]float64 {
	r := rand.New(rand.NewPCG(7, 7))
	q := make([][]float64, dim)
	for i := range q {
		v := make([]float64, dim)
		setAll(v, r.NormFloat64)
		for _, u := range q[:i] {
			projection := dot(u, v)
			for j := range v {
				v[j] -= projection * u[j]
			}
		}
		length := math.Sqrt(dot(v, v))
		for j := range v {
			v[j] /= length
		}
		q[i] = v
	}
	return q
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// loss is the best loss of one search after 200 and after all trials.
func loss(tb testing.TB, s Sampler, seed, trials, workers int, value func(study.Parameters) float64) (at200, atEnd float64) {
	tb.Helper()
	history := search(tb, s, cube(19), uint64(seed), trials, workers, value)
	return -best(history[:200]), -best(history)
}

// The margins leave room to what is seen, which BenchmarkSearch shows.
func TestModelsBeatRandomSearch(t *testing.T) {
	seeds := 3
	if raceDetector() { // it makes this ten times slower, and finds nothing here
		seeds = 1
	}
	for name, value := range map[string]func(study.Parameters) float64{"sphere": sphere, "ellipsoid": ellipsoid(cube(19))} {
		medianLoss := func(s Sampler) float64 {
			losses := make([]float64, seeds)
			for seed := range losses {
				losses[seed], _ = loss(t, s, seed, 200, 1, value)
			}
			return median(losses)
		}
		uniform := medianLoss(random{})
		for _, c := range []struct {
			name string
			s    Sampler
			part float64 // of random search's loss
		}{
			{"tpe", tpe{startup: 10}, 0.75},
			{"cmaes", cmaES{}, 0.4},
		} {
			if got := medianLoss(c.s); got > c.part*uniform {
				t.Errorf("%s: after 200 trials %s has loss %.3g, random search %.3g: want at most %g of it", name, c.name, got, uniform, c.part)
			}
		}
	}
}

func TestModelsConverge(t *testing.T) {
	if testing.Short() || raceDetector() {
		t.Skip("takes half a minute, several with the race detector")
	}
	_, uniform := loss(t, random{}, 0, 1000, 1, sphere)
	for _, c := range []struct {
		name    string
		s       Sampler
		workers int
		part    float64 // of random search's loss
	}{
		{"tpe", tpe{}, 1, 0.75},
		{"cmaes", cmaES{}, 8, 1e-2},
	} {
		t.Run(fmt.Sprintf("%s/workers=%d", c.name, c.workers), func(t *testing.T) {
			t.Parallel()
			if _, got := loss(t, c.s, 0, 1000, c.workers, sphere); got > c.part*uniform {
				t.Errorf("after 1000 trials the loss is %.3g, random search's %.3g: want at most %g of it", got, uniform, c.part)
			}
		})
	}
}

func raceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// BenchmarkSearch makes one search of 1,000 trials per seed and reports the
// median losses: go test -bench Search -benchtime 5x -timeout 1h.
func BenchmarkSearch(b *testing.B) {
	for _, function := range []struct {
		name  string
		value func(study.Parameters) float64
	}{{"sphere", sphere}, {"ellipsoid", ellipsoid(cube(19))}} {
		for _, c := range []struct {
			name    string
			s       Sampler
			workers int
		}{
			{"random", random{}, 1},
			{"tpe", tpe{}, 1},
			{"tpe-startup10", tpe{startup: 10}, 1},
			{"cmaes", cmaES{}, 1},
			{"cmaes-8workers", cmaES{}, 8},
		} {
			b.Run(function.name+"/"+c.name, func(b *testing.B) {
				var at200, at1000 []float64
				for b.Loop() {
					early, late := loss(b, c.s, len(at200), 1000, c.workers, function.value)
					at200, at1000 = append(at200, early), append(at1000, late)
				}
				b.ReportMetric(median(at200), "loss@200")
				b.ReportMetric(median(at1000), "loss@1000")
			})
		}
	}
}
