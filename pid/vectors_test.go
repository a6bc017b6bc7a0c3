package pid

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/goal-search/goal-search/internal/vectors"
)

// deviation keeps the largest difference of a file, for the closing log line.
type deviation struct {
	largest  float64
	compared int
}

// compare fails unless got and want differ by at most tolerance.
func (d *deviation) compare(t *testing.T, name string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %d values, want %d", name, len(got), len(want))
	}
	for i := range want {
		diff := math.Abs(got[i] - want[i])
		d.largest = max(d.largest, diff)
		d.compared++
		if !(diff <= tolerance) {
			t.Errorf("%s[%d]: got %.17g, want %.17g, difference %.3g above %.3g", name, i, got[i], want[i], diff, tolerance)
		}
	}
}

// compareScaled compares gradients relative to the largest entry of the
// reference's whole array.
func (d *deviation) compareScaled(t *testing.T, name string, got, want []float64, scale float64) {
	t.Helper()
	if scale == 0 {
		scale = 1
	}
	gotScaled, wantScaled := make([]float64, len(got)), make([]float64, len(want))
	for i := range want {
		gotScaled[i], wantScaled[i] = got[i]/scale, want[i]/scale
	}
	d.compare(t, name, gotScaled, wantScaled, 1e-11)
}

// largest returns the largest absolute value of a matrix.
func largest(rows [][]float64) float64 {
	var m float64
	for _, row := range rows {
		m = max(m, maxAbs(row))
	}
	return m
}

func (d *deviation) log(t *testing.T, file string, cases int) {
	t.Helper()
	if cases == 0 || d.compared == 0 {
		t.Fatalf("%s: nothing was compared", file)
	}
	t.Logf("%s: %d cases, %d numbers, largest deviation %.2g", file, cases, d.compared, d.largest)
}

func TestLatticesEqualReference(t *testing.T) {
	var file struct {
		Lattices []struct {
			Sources    int         `json:"n_sources"`
			Antichains []string    `json:"antichains"`
			Below      [][]int     `json:"below"`
			Moebius    [][]float64 `json:"moebius"`
			Examples   []struct{ Icap, Atoms []float64 }
		}
	}
	vectors.Load(t, "moebius.json", &file)
	var d deviation
	for _, want := range file.Lattices {
		l, err := LatticeOf(want.Sources)
		if err != nil {
			t.Fatal(err)
		}
		if l.Len() != len(want.Antichains) {
			t.Fatalf("%d sources: got %d antichains, want %d", want.Sources, l.Len(), len(want.Antichains))
		}
		for i, name := range want.Antichains {
			if got := l.Antichain(i).String(); got != name {
				t.Errorf("antichain %d: got %s, want %s", i, got, name)
			}
			if got := len(l.Below(i)); got != len(want.Below[i]) {
				t.Errorf("%s: got %d antichains below, want %d", name, got, len(want.Below[i]))
			}
			d.compare(t, "moebius "+name, l.moebius[i], want.Moebius[i], 0)
		}
		atoms := make([]float64, l.Len())
		for _, example := range want.Examples {
			l.Atoms(atoms, example.Icap)
			d.compare(t, "atoms", atoms, example.Atoms, 1e-13)
		}
	}
	d.log(t, "moebius.json", len(file.Lattices))
}

type discreteCase struct {
	Name         string
	Outcomes     [][]int
	P            []float64
	HT           float64            `json:"H_T"`
	HRes         float64            `json:"H_res"`
	MI           map[string]float64 `json:"mi"`
	Icap         []float64
	IcapPlus     []float64 `json:"icap_plus"`
	IcapMinus    []float64 `json:"icap_minus"`
	Atoms        []float64
	AtomsPlus    []float64   `json:"atoms_plus"`
	AtomsMinus   []float64   `json:"atoms_minus"`
	Estimated    []float64   `json:"imnet_info_terms"`
	PwIcap       [][]float64 `json:"pw_icap"`
	PwAtoms      [][]float64 `json:"pw_atoms"`
	PwAtomsPlus  [][]float64 `json:"pw_atoms_plus"`
	PwAtomsMinus [][]float64 `json:"pw_atoms_minus"`
}

func (c discreteCase) distribution(t *testing.T) *Distribution {
	t.Helper()
	var outcomes []Outcome
	for i, symbols := range c.Outcomes {
		o := Outcome{P: c.P[i]}
		for _, s := range symbols[:len(symbols)-1] {
			o.Sources = append(o.Sources, strconv.Itoa(s))
		}
		o.Target = strconv.Itoa(symbols[len(symbols)-1])
		outcomes = append(outcomes, o)
	}
	dist, err := NewDistribution(outcomes)
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	return dist
}

func TestDecomposeEqualsReference(t *testing.T) {
	for _, name := range []string{"pid_discrete_2.json", "pid_discrete_3.json"} {
		t.Run(name, func(t *testing.T) {
			var file struct{ Cases []discreteCase }
			vectors.Load(t, name, &file)
			var d deviation
			for _, c := range file.Cases {
				t.Run(c.Name, func(t *testing.T) { compareDecomposition(t, &d, c) })
			}
			d.log(t, name, len(file.Cases))
		})
	}
}

func compareDecomposition(t *testing.T, d *deviation, c discreteCase) {
	const tolerance = 1e-12
	got := c.distribution(t).Decompose()
	d.compare(t, "entropies", []float64{got.Entropy, got.ResidualEntropy}, []float64{c.HT, c.HRes}, tolerance)
	for name, want := range c.MI {
		var set SourceSet
		for _, digit := range name {
			set |= 1 << (digit - '1')
		}
		d.compare(t, "mutual information "+name, got.MutualInformation[set:set+1], []float64{want}, tolerance)
	}
	d.compare(t, "redundancies", got.Redundancies.Total, c.Icap, tolerance)
	d.compare(t, "informative redundancies", got.Redundancies.Informative, c.IcapPlus, tolerance)
	d.compare(t, "misinformative redundancies", got.Redundancies.Misinformative, c.IcapMinus, tolerance)
	d.compare(t, "atoms", got.Atoms.Total, c.Atoms, tolerance)
	d.compare(t, "informative atoms", got.Atoms.Informative, c.AtomsPlus, tolerance)
	d.compare(t, "misinformative atoms", got.Atoms.Misinformative, c.AtomsMinus, tolerance)
	for i := range c.PwIcap { // the large histograms come without
		pw := got.Pointwise[i]
		if pw == nil {
			if len(c.PwIcap[i]) != 0 {
				t.Errorf("outcome %d: got no pointwise values, want some", i)
			}
			continue
		}
		row := " of outcome " + strconv.Itoa(i)
		d.compare(t, "pointwise redundancies"+row, pw.Redundancies.Total, c.PwIcap[i], tolerance)
		d.compare(t, "pointwise atoms"+row, pw.Atoms.Total, c.PwAtoms[i], tolerance)
		d.compare(t, "pointwise informative atoms"+row, pw.Atoms.Informative, c.PwAtomsPlus[i], tolerance)
		d.compare(t, "pointwise misinformative atoms"+row, pw.Atoms.Misinformative, c.PwAtomsMinus[i], tolerance)
	}
}

// TestEstimatorEqualsReferenceOnDistributions gives the estimator, with its
// epsilons, the distributions of a binary target.
func TestEstimatorEqualsReferenceOnDistributions(t *testing.T) {
	for _, name := range []string{"pid_discrete_2.json", "pid_discrete_3.json"} {
		var file struct{ Cases []discreteCase }
		vectors.Load(t, name, &file)
		var d deviation
		compared := 0
		for _, c := range file.Cases {
			if e := c.estimator(t); e != nil && c.Estimated != nil {
				compared++
				terms := make([]float64, e.lattice.Terms())
				goal, err := NewGoal(terms)
				if err != nil {
					t.Fatal(err)
				}
				e.information(goal, terms)
				d.compare(t, c.Name, terms, c.Estimated, 1e-12)
			}
		}
		d.log(t, name+" by the estimator", compared)
	}
}

// estimator returns an estimator whose histogram is the distribution, or nil
// when the target is not binary.
func (c discreteCase) estimator(t *testing.T) *Estimator[float64] {
	t.Helper()
	sources := len(c.Outcomes[0]) - 1
	size := make([]int, sources)
	bins := make([][]uint8, sources)
	for _, symbols := range c.Outcomes {
		if symbols[sources] > 1 {
			return nil
		}
		for s := range bins {
			size[s] = max(size[s], symbols[s]+1)
			bins[s] = append(bins[s], uint8(symbols[s]))
		}
	}
	e, err := NewEstimator[float64](size...)
	if err != nil {
		t.Fatal(err)
	}
	fill(&e.histogram, make([]float64, len(c.Outcomes)), bins)
	for y := range e.histogram.mass {
		clear(e.histogram.mass[y])
	}
	for i, symbols := range c.Outcomes {
		e.histogram.mass[symbols[sources]][e.histogram.cell[i]] += c.P[i]
	}
	return e
}

type batchCase struct {
	Name    string
	Sources int
	Batch   int
	Neurons int
	Binning struct {
		Type                 string
		NBins                []int `json:"n_bins"`
		Edges                [][]float64
		Symmetric, Normalize *bool
	}
	Inputs    map[string][][]float64
	Theta     [][]float64
	Bins      map[string][][]int
	Hist      [][][]float64
	InfoTerms [][]float64 `json:"info_terms"`
	Goals     []struct {
		Gamma  string
		Loss   float64
		Goal   []float64
		DTheta [][]float64   `json:"dG_dtheta"`
		DCols  [][][]float64 `json:"dG_dtheta_cols"`
	}
	Gammas map[string][]float64
}

// binnings returns the binning of each source, false where it is one that no
// published network uses and that this package leaves out.
func (c batchCase) binnings() ([]Binning, bool) {
	var binnings []Binning
	for i, n := range c.Binning.NBins {
		switch {
		case c.Binning.Type == "BinningFixedSize":
			binnings = append(binnings, FixedBinning(n, c.Binning.Edges[i][0], c.Binning.Edges[i][1]))
		case *c.Binning.Symmetric && *c.Binning.Normalize:
			binnings = append(binnings, AdaptiveBinning(n))
		default:
			return nil, false
		}
	}
	return binnings, true
}

func column2(rows [][]float64, j int) []float64 {
	column := make([]float64, len(rows))
	for i, row := range rows {
		column[i] = row[j]
	}
	return column
}

func TestEstimateEqualsReference(t *testing.T) {
	var file struct {
		Linspace []float64 `json:"linspace_-1_1_21"`
		Cases    []batchCase
	}
	vectors.Load(t, "pid_batch.json", &file)
	var edges, d, gradients deviation
	edges.compare(t, "edges", AdaptiveBinning(20).Edges(), file.Linspace, 0)
	compared, leftOut := 0, 0
	for _, c := range file.Cases {
		binnings, ok := c.binnings()
		if !ok {
			leftOut++
			if !strings.HasPrefix(c.Name, "bi flags") {
				t.Errorf("%s: left out, but only 'bi flags' cases may be", c.Name)
			}
			continue
		}
		compared++
		t.Run(c.Name, func(t *testing.T) { compareBatch(t, &d, &gradients, c, binnings) })
	}
	d.log(t, "pid_batch.json values", compared)
	gradients.log(t, "pid_batch.json gradients, relative to the largest entry", compared)
	t.Logf("pid_batch.json: %d cases compared, %d left out", compared, leftOut)
}

func compareBatch(t *testing.T, d, gradients *deviation, c batchCase, binnings []Binning) {
	estimator, err := NewEstimator[float64](c.Binning.NBins...)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"F", "C", "L"}[:c.Sources]
	bins := make([][]uint8, c.Sources)
	for neuron := range c.Neurons {
		for s, name := range names {
			binner, err := NewBinner[float64](binnings[s])
			if err != nil {
				t.Fatal(err)
			}
			bins[s] = make([]uint8, c.Batch)
			binner.Assign(bins[s], column2(c.Inputs[name], neuron))
			for b, got := range bins[s] {
				if want := c.Bins[name][b][neuron]; int(got) != want {
					t.Fatalf("bin of %s, sample %d, neuron %d: got %d, want %d", name, b, neuron, got, want)
				}
			}
		}
		compareNeuron(t, d, gradients, c, estimator, neuron, bins)
	}
}

func compareNeuron(t *testing.T, d, gradients *deviation, c batchCase, e *Estimator[float64], neuron int, bins [][]uint8) {
	theta := column2(c.Theta, neuron)
	terms, gradient := make([]float64, e.lattice.Terms()), make([]float64, c.Batch)
	for _, want := range c.Goals {
		goal, err := NewGoal(c.Gammas[want.Gamma])
		if err != nil {
			t.Fatal(err)
		}
		value := e.Estimate(goal, theta, bins, terms, gradient)
		d.compare(t, "goal "+want.Gamma, []float64{value}, want.Goal[neuron:neuron+1], 1e-12)
		d.compare(t, "terms", terms, c.InfoTerms[neuron], 1e-12)
		if want.DTheta == nil {
			continue
		}
		wantGradient := column2(want.DTheta, neuron)
		gradients.compareScaled(t, "dG/dtheta "+want.Gamma, gradient, wantGradient, largest(want.DTheta))
		compareColumns(t, gradients, e, want.DCols, neuron)
	}
	compareHistogram(t, d, c.Hist[neuron], e)
}

// compareColumns holds the raw derivatives by P(y = -1) and P(y = +1) of each
// sample against the reference.
func compareColumns(t *testing.T, gradients *deviation, e *Estimator[float64], want [][][]float64, neuron int) {
	t.Helper()
	var got, wanted []float64
	for b := range want {
		for y := range 2 {
			got = append(got, e.output[y].direct[e.histogram.cell[b]]/float64(len(want)))
			wanted = append(wanted, want[b][neuron][y])
		}
	}
	scale := 0.0
	for _, sample := range want {
		scale = max(scale, largest(sample))
	}
	gradients.compareScaled(t, "dG/dtheta columns", got, wanted, scale)
}

func compareHistogram(t *testing.T, d *deviation, want [][]float64, e *Estimator[float64]) {
	t.Helper()
	if e.histogram.cells() != len(want) {
		t.Fatalf("histogram: got %d occupied cells, want %d", e.histogram.cells(), len(want))
	}
	for _, row := range want {
		sources := len(row) - 2
		var joint int32
		for s, bin := range row[:sources] {
			joint += e.histogram.stride[1<<sources-1][s] * int32(bin)
		}
		k := e.histogram.table[joint] - 1
		if k < 0 {
			t.Fatalf("histogram: cell %v is not occupied", row[:sources])
		}
		d.compare(t, "histogram", []float64{e.histogram.mass[0][k], e.histogram.mass[1][k]}, row[sources:], 1e-12)
	}
}
