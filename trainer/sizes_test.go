package trainer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/trainer/dataset"
	"github.com/goal-search/goal-search/trainer/dataset/datasettest"
)

// outcome is what a training step of the reference gave.
type outcome struct {
	chosen     []int32
	draws      firedRows
	result     result
	theta      []float64 // of the hidden neurons, [neurons][batch]
	terms      []float64 // of the hidden neurons, [neurons][terms]
	parameters map[string]referenceParameter[float64]
}

// firedRows are the outputs of a batch: whether a neuron fired, by presentation.
type firedRows [2][][]bool // [neuron][sample]

// drawingReference draws outputs by the reference's own probabilities, and
// notes them.
type drawingReference struct {
	seed  uint64
	drawn *firedRows
}

func (d drawingReference) draw(dst, theta []float64, presentation, neuron int) {
	r := rand.New(rand.NewPCG(d.seed, uint64(2*neuron+presentation)))
	row := make([]bool, len(dst))
	for b := range dst {
		dst[b] = -1
		if row[b] = r.Float64() < theta[b]; row[b] {
			dst[b] = 1
		}
	}
	d.drawn[presentation-1][neuron] = row
}

// replay gives noted outputs to the network that is trained.
type replay struct {
	drawn  *firedRows
	batch  int
	tiling tiling
}

func (d replay) draw(fired []uint16, _ []float32, presentation, first int) {
	for i := range fired {
		fired[i] = 0
		for bit := range kernel.Lane {
			at := first + kernel.Lane*i + bit
			row, place := at/d.tiling.width, at%d.tiling.width
			neuron := row/d.batch*d.tiling.width + place
			if neuron < d.tiling.neurons && d.drawn[presentation-1][neuron][row%d.batch] {
				fired[i] |= 1 << bit
			}
		}
	}
}

// referenceOutcomes trains the reference in float64.
func referenceOutcomes(t *testing.T, c Config, images *dataset.Images, batches []int) []outcome {
	n, err := newReferenceNetwork[float64](c, images.Size(), 2)
	if err != nil {
		t.Fatal(err)
	}
	values := normalisedBytes[float64](traceScale)
	var outcomes []outcome
	first := 0
	for i, batch := range batches {
		o := outcome{draws: firedRows{make([][]bool, c.Hidden), make([][]bool, c.Hidden)}, parameters: make(map[string]referenceParameter[float64])}
		for b := range batch {
			o.chosen = append(o.chosen, int32(first+b))
		}
		first += batch
		n.load(images, o.chosen, &values)
		n.threads = 1 // outputs are noted without a lock
		o.result = n.train(labelsOf(images, o.chosen), drawingReference{uint64(i), &o.draws}, true)
		o.theta, o.terms = slices.Clone(n.hidden.theta), slices.Clone(n.hidden.terms)
		for name, p := range n.parameters() {
			o.parameters[name] = referenceParameter[float64]{nil, slices.Clone(p.value), slices.Clone(p.gradient), slices.Clone(p.mean), slices.Clone(p.square)}
		}
		outcomes = append(outcomes, o)
	}
	return outcomes
}

// TestSizesEqualReference trains layers of several tiles, dense and sparse, on
// real images, and holds them to the reference on its draws.
func TestSizesEqualReference(t *testing.T) {
	if testing.Short() {
		t.Skip("the reference takes seconds")
	}
	images := datasettest.MNIST(t).Train
	goal := loadTrace(t, "trace_trained").Goal
	for _, size := range []struct {
		network string
		hidden  int
	}{{"setup2", 500}, {"setup1", 250}} {
		c := DefaultConfig()
		c.Network, c.Hidden, c.Goal = size.network, size.hidden, goal
		outcomes := referenceOutcomes(t, c, images, []int{1024, 1024, 896})
		for _, path := range kernel.Available() {
			t.Run(fmt.Sprintf("%s/%d/%s", size.network, size.hidden, path), func(t *testing.T) {
				defer kernel.Use(kernel.Use(path))
				n := mustNetwork(t, c, images.Size(), 2)
				for i := range outcomes {
					n.follow(t, images, &outcomes[i])
				}
			})
		}
	}
}

// follow trains a step, compares it, and goes on from where the reference is. A
// field within rounding of an edge changes its bin, and what its neuron learns:
// a few neurons may.
func (n *network) follow(t *testing.T, images *dataset.Images, want *outcome) {
	t.Helper()
	batch := len(want.chosen)
	r := n.train(n.load(images, want.chosen, true), labelsOf(images, want.chosen), replay{&want.draws, batch, n.hidden.tiling}, true)
	var d deviation
	neurons := n.hidden.tiling.neurons
	d.compare(t, "goals", []float64{r.hiddenGoal, r.outputGoal}, []float64{want.result.hiddenGoal, want.result.outputGoal}, float64(neurons), 1e-5)
	d.compare(t, "accuracy", []float64{r.accuracy}, []float64{want.result.accuracy}, 1, 3e-3)
	theta := make([]float32, len(want.theta))
	n.hidden.tiling.unpack(theta, n.hidden.theta, batch)
	d.compare(t, "theta", widen(theta), want.theta, 1, 1e-5)
	flipped := map[int]farNeurons{neurons: make(farNeurons), dataset.Classes: make(farNeurons)}
	flipped[neurons].mark(n.hidden.terms, want.terms, neurons, 2e-6)
	for name, p := range n.parameters() {
		wanted := want.parameters[name]
		gradient := n.existing(name, wanted.gradient)
		largest := scaleOf(want.parameters[strings.Replace(name, "bias", "weight", 1)].gradient) // those of a bias cancel
		flipped[p.neurons()].mark(p.flat(p.gradient), gradient, p.neurons(), 5e-5*largest)
		flipped[p.neurons()].mark(p.flat(p.value), n.existing(name, wanted.value), p.neurons(), farFrom)
		for dst, from := range map[*[]float32][]float64{&p.value: wanted.value, &p.mean: wanted.mean, &p.square: wanted.square} {
			p.tiling.pack(*dst, narrow(n.existing(name, from)), p.rows)
		}
	}
	for neurons, far := range flipped {
		if len(far) > 2+neurons/33 {
			t.Errorf("%d of %d neurons differ: want no more than flip a bin", len(far), neurons)
		}
	}
	t.Logf("%d samples: %d hidden and %d output neurons differ", batch, len(flipped[neurons]), len(flipped[dataset.Classes]))
}

func (p *parameter) neurons() int { return p.tiling.neurons }

// flat returns values of the parameter as [neurons][rows].
func (p *parameter) flat(tiled []float32) []float64 {
	values := make([]float32, p.tiling.neurons*p.rows)
	p.tiling.unpack(values, tiled, p.rows)
	return widen(values)
}

// existing picks the weights that exist from an [out][in] tensor.
func (n *network) existing(name string, values []float64) []float64 {
	l := n.hidden.sources[2]
	if name != "hidden.L.weight" || l.sparse == nil {
		return values
	}
	var picked []float64
	for i, input := range l.sparse.index {
		picked = append(picked, values[i/l.sparse.count*l.in+int(input)])
	}
	return picked
}

// farNeurons are the neurons that differ.
type farNeurons map[int]bool

// mark adds the neurons with a number that is further off than tolerance.
func (f farNeurons) mark(got, want []float64, neurons int, tolerance float64) {
	if len(got) != len(want) {
		panic("numbers do not match")
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tolerance) {
			f[i/(len(want)/neurons)] = true
		}
	}
}
