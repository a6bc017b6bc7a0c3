package sampler

import (
	"math"
	"math/rand/v2"
	"sort"
)

const (
	// bandwidth scales Scott's rule, as in Optuna.
	bandwidth = 0.2
	// coarseCell is the width in [0, 1] above which a whole number's cell is
	// integrated. In narrower ones the density is constant enough.
	coarseCell = 1e-3
)

// parzen is a mixture of truncated normal distributions on the unit cube: one
// around each trial, and a wide one at the centre, the prior, with the weight
// of one trial.
type parzen struct {
	box        box
	smooth     []int // axes on which density is density
	coarse     []int // axes of few whole numbers, on which it is probability
	kernels    []kernel
	cumulative []float64 // sums of the kernels' weights, the last one 1
	terms      []float64 // scratch of logDensity
}

// kernel is a product of normal distributions of one width, each truncated to
// [0, 1].
type kernel struct {
	mean     []float64
	sigma    float64
	logScale float64 // logarithm of its weight, over all axes' normalisation
}

// newParzen returns the density of the observations, oldest first.
func newParzen(b box, obs []observation) *parzen {
	p := &parzen{
		box:        b,
		kernels:    make([]kernel, 0, len(obs)+1),
		cumulative: make([]float64, 0, len(obs)+1),
		terms:      make([]float64, len(obs)+1),
	}
	for d, a := range b {
		if a.coarse() {
			p.coarse = append(p.coarse, d)
		} else {
			p.smooth = append(p.smooth, d)
		}
	}
	weights := append(recencyWeights(len(obs)), 1)
	total := sum(weights)
	sigma := kernelWidth(len(obs), len(b))
	for i, o := range obs {
		p.add(o.x, sigma, weights[i]/total)
	}
	p.add(centre(len(b)), 1, weights[len(obs)]/total)
	return p
}

// coarse tells whether the axis has so few whole numbers that the density
// changes within the cell of one. The first cell is the widest.
func (a axis) coarse() bool {
	if !a.Integer {
		return false
	}
	from, to := a.cell(a.Low)
	return to-from > coarseCell
}

func (p *parzen) add(mean []float64, sigma, weight float64) {
	k := kernel{mean: mean, sigma: sigma, logScale: math.Log(weight)}
	for _, m := range mean {
		k.logScale -= math.Log(normalMass(-m/sigma, (1-m)/sigma))
	}
	k.logScale -= float64(len(p.smooth)) * math.Log(sigma*math.Sqrt(2*math.Pi))
	p.kernels = append(p.kernels, k)
	if n := len(p.cumulative); n > 0 {
		weight += p.cumulative[n-1]
	}
	p.cumulative = append(p.cumulative, weight)
}

// kernelWidth is Scott's rule as Optuna uses it, in parts of the range, with
// its magic clip: not too narrow while there are few observations.
func kernelWidth(n, dim int) float64 {
	scott := bandwidth * math.Pow(float64(max(n, 1)), -1/float64(dim+4))
	narrowest := 1 / min(100, float64(n)+2) // the prior counts as one more
	return min(max(scott, narrowest), 1)
}

// draw returns a random point, whole numbers rounded.
func (p *parzen) draw(random *rand.Rand) []float64 {
	i := sort.SearchFloat64s(p.cumulative, random.Float64())
	k := p.kernels[min(i, len(p.kernels)-1)]
	x := make([]float64, len(p.box))
	for d, a := range p.box {
		x[d] = truncatedNormal(k.mean[d], k.sigma, random.Float64())
		if a.Integer {
			x[d] = a.unit(a.value(x[d]))
		}
	}
	return x
}

// logDensity returns the logarithm of the density at x, which draw returned;
// on coarse axes probability takes its place.
func (p *parzen) logDensity(x []float64) float64 {
	for i, k := range p.kernels {
		squares := 0.0
		for _, d := range p.smooth {
			delta := x[d] - k.mean[d]
			squares += delta * delta
		}
		p.terms[i] = k.logScale - squares/(2*k.sigma*k.sigma)
	}
	for _, d := range p.coarse {
		p.addCells(x[d], d)
	}
	return logSumExp(p.terms)
}

// addCells adds to each kernel's term its probability of x's cell on axis d.
func (p *parzen) addCells(x float64, d int) {
	from, to := p.box[d].cell(p.box[d].value(x))
	for i, k := range p.kernels {
		m := k.mean[d]
		p.terms[i] += math.Log(normalMass((from-m)/k.sigma, (to-m)/k.sigma))
	}
}

// normalMass is the probability that a standard normal number lies in [a, b].
func normalMass(a, b float64) float64 {
	if a > 0 { // the lower tail has the digits
		a, b = -b, -a
	}
	return (math.Erfc(-b/math.Sqrt2) - math.Erfc(-a/math.Sqrt2)) / 2
}

// truncatedNormal maps u, uniform in [0, 1), to the normal distribution
// truncated to [0, 1].
func truncatedNormal(mean, sigma, u float64) float64 {
	below := math.Erfc(mean/sigma/math.Sqrt2) / 2
	p := below + u*normalMass(-mean/sigma, (1-mean)/sigma)
	x := mean + sigma*math.Sqrt2*math.Erfinv(2*p-1)
	return min(max(x, 0), 1)
}

// logSumExp is log Σ exp(v), without overflow. At least one v is finite. Terms
// below the last digit of the largest are left out.
func logSumExp(v []float64) float64 {
	highest := math.Inf(-1)
	for _, t := range v {
		highest = max(highest, t)
	}
	total := 0.0
	for _, t := range v {
		if t > highest-40 { // exp(-40) < 2^-57
			total += math.Exp(t - highest)
		}
	}
	return highest + math.Log(total)
}

func sum(v []float64) float64 {
	total := 0.0
	for _, t := range v {
		total += t
	}
	return total
}

func centre(dim int) []float64 {
	x := make([]float64, dim)
	for i := range x {
		x[i] = 0.5
	}
	return x
}
