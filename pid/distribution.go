package pid

import (
	"fmt"
	"math"
	"strings"
)

// sumTolerance is how far the probabilities of a distribution may sum from 1
// before they are taken for a mistake rather than for rounding.
const sumTolerance = 1e-6

// Outcome is one joint value of target and sources, and its probability.
type Outcome struct {
	Target  string
	Sources []string
	P       float64
}

// Distribution is a discrete joint distribution of one target and two or
// three sources.
type Distribution struct {
	Outcomes []Outcome // as given, P normalised to sum to 1

	lattice *Lattice
	target  []int // by outcome
	targets int
	cell    []int // by outcome: which joint value of the sources
	cells   agreement
}

// NewDistribution checks and indexes the outcomes, which are counted from 1 in
// errors. Each joint value may stand once, with a probability of at least 0;
// together they sum to 1 within 1e-6.
func NewDistribution(outcomes []Outcome) (*Distribution, error) {
	return newDistribution(outcomes, func(i int) string { return fmt.Sprintf("outcome %d", i+1) })
}

// newDistribution is NewDistribution with a name for each outcome in errors.
func newDistribution(outcomes []Outcome, name func(i int) string) (*Distribution, error) {
	if len(outcomes) == 0 {
		return nil, fmt.Errorf("no outcomes: want at least one")
	}
	lattice, err := LatticeOf(len(outcomes[0].Sources))
	if err != nil {
		return nil, err
	}
	sum, err := checkOutcomes(outcomes, lattice.Sources(), name)
	if err != nil {
		return nil, err
	}
	if math.Abs(sum-1) > sumTolerance {
		return nil, fmt.Errorf("the probabilities sum to %.9g: want 1 within %g (give counts, or more digits)", sum, sumTolerance)
	}
	d := &Distribution{lattice: lattice}
	for _, o := range outcomes {
		o.P /= sum
		d.Outcomes = append(d.Outcomes, o)
	}
	d.index()
	return d, nil
}

// checkOutcomes returns the sum of the probabilities.
func checkOutcomes(outcomes []Outcome, sources int, name func(i int) string) (float64, error) {
	var sum float64
	seen := make(map[string]int)
	for i, o := range outcomes {
		if len(o.Sources) != sources {
			return 0, fmt.Errorf("%s has %d sources: want %d, as the first one", name(i), len(o.Sources), sources)
		}
		if !(o.P >= 0) || math.IsInf(o.P, 1) {
			return 0, fmt.Errorf("%s has probability %g: want a finite number of at least 0", name(i), o.P)
		}
		key := joinKey(append([]string{o.Target}, o.Sources...))
		if first, ok := seen[key]; ok {
			return 0, fmt.Errorf("%s repeats %s (y=%s, sources %s): want each joint value once", name(i), name(first), o.Target, strings.Join(o.Sources, " "))
		}
		seen[key] = i
		sum += o.P
	}
	return sum, nil
}

// joinKey makes distinct lists of strings distinct strings.
func joinKey(parts []string) string {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&b, "%d:%s", len(p), p)
	}
	return b.String()
}

// index numbers targets and cells, and groups the cells by agreement.
func (d *Distribution) index() {
	targets, cells := make(map[string]int), make(map[string]int)
	var cellSources [][]string
	for _, o := range d.Outcomes {
		d.target = append(d.target, number(targets, o.Target))
		k := number(cells, joinKey(o.Sources))
		if k == len(cellSources) {
			cellSources = append(cellSources, o.Sources)
		}
		d.cell = append(d.cell, k)
	}
	d.targets = len(targets)
	d.cells.sum = make([]float64, len(cellSources))
	for set := SourceSet(1); set < 1<<d.lattice.Sources(); set++ {
		d.cells.group[set] = groupBy(cellSources, set)
	}
}

func groupBy(cells [][]string, set SourceSet) []int32 {
	groups := make(map[string]int)
	group := make([]int32, len(cells))
	for k, sources := range cells {
		var part []string
		for i, s := range sources {
			if set&(1<<i) != 0 {
				part = append(part, s)
			}
		}
		group[k] = int32(number(groups, joinKey(part)))
	}
	return group
}

// number returns the key's number in order of first appearance, from 0.
func number(numbers map[string]int, key string) int {
	n, ok := numbers[key]
	if !ok {
		n = len(numbers)
		numbers[key] = n
	}
	return n
}
