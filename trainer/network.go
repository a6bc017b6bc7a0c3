package trainer

import (
	"math/rand/v2"

	"github.com/goal-search/goal-search/pid"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// network is a hidden and an output layer of infomorphic neurons. T is float32
// in training, float64 where it is held to the reference numbers.
type network[T pid.Float] struct {
	architecture architecture
	hidden       *layer[T]
	output       *layer[T]
	images       dense[T]
	threads      int
}

func newNetwork[T pid.Float](c Config, pixels, threads int) (*network[T], error) {
	a := architectures[c.Network]
	n := &network[T]{architecture: a, threads: threads}
	inputs := inputSizes(c, pixels)
	var err error
	optimiser := adam{rate: c.LearningRate, decay: c.WeightDecay}
	if n.hidden, err = planLayer[T](a.hidden, c.Hidden, inputs, c.Goal, optimiser, threads); err != nil {
		return nil, err
	}
	optimiser = adam{rate: c.OutputLearningRate, decay: c.OutputWeightDecay}
	if n.output, err = planLayer[T](a.output, dataset.Classes, inputs, c.OutputGoal, optimiser, threads); err != nil {
		return nil, err
	}
	n.initialise(c.Seed)
	return n, nil
}

// inputSizes returns the number of values that each origin has.
func inputSizes(c Config, pixels int) map[origin]int {
	return map[origin]int{fromImage: pixels, fromLabel: dataset.Classes, fromLayer: c.Hidden, fromHidden: c.Hidden}
}

func planLayer[T pid.Float](p plan, neurons int, inputs map[origin]int, gamma []float64, optimiser adam, threads int) (*layer[T], error) {
	goal, err := pid.NewGoal(gamma)
	if err != nil {
		return nil, err
	}
	binner, err := pid.NewBinner[T](p.binning)
	if err != nil {
		return nil, err
	}
	var sources []*source[T]
	var bins []int
	for _, w := range p.sources {
		sources = append(sources, newSource[T](inputs[w.origin], neurons, w.connection, binner))
		bins = append(bins, p.binning.Bins)
	}
	return newLayer(sources, newActivation[T](p.activation), goal, optimiser, bins, threads)
}

// initialise draws all weights from the seed, in a fixed order.
func (n *network[T]) initialise(seed uint64) {
	random := rand.New(rand.NewPCG(seed, mix(purposeWeights)))
	for _, l := range []*layer[T]{n.hidden, n.output} {
		for _, s := range l.sources {
			s.initialise(random)
		}
	}
}

// load takes the chosen images, normalised: value[p] is that of the byte p.
func (n *network[T]) load(images *dataset.Images, chosen []int32, value *[256]T) {
	size := images.Size()
	n.images.resize(size, len(chosen))
	parallel(n.threads, len(chosen), func(_, b int) {
		row := n.images.rows[b*size:][:size]
		for i, p := range images.Image(int(chosen[b])) {
			row[i] = value[p]
		}
	})
}

// forward computes both layers' firing probabilities for the loaded images.
// labels is silence when the label is withheld.
func (n *network[T]) forward(labels input[T], draw drawer[T]) {
	n.hidden.resize(n.images.batch)
	n.output.resize(n.images.batch)
	last := n.architecture.presentations
	for presentation := 1; presentation <= last; presentation++ {
		n.present(n.hidden, n.architecture.hidden, labels, presentation)
		n.hidden.sample(draw, presentation)
	}
	n.present(n.output, n.architecture.output, labels, 1)
}

// present computes a layer's fields and probabilities. Fields whose input is
// the same at every presentation are computed at the first only.
func (n *network[T]) present(l *layer[T], p plan, labels input[T], presentation int) {
	for i, w := range p.sources {
		if presentation == 1 || w.origin == fromLayer {
			l.sources[i].present(n.input(w.origin, labels, presentation), n.threads)
		}
	}
	l.activate()
}

func (n *network[T]) input(o origin, labels input[T], presentation int) input[T] {
	switch {
	case o == fromImage:
		return &n.images
	case o == fromLabel:
		return labels
	case o == fromHidden:
		return n.hidden.sampled(n.architecture.presentations)
	case presentation > 1:
		return n.hidden.sampled(presentation - 1)
	}
	return silence[T]{}
}

// result is what a batch gave, beside the layers' terms.
type result struct {
	hiddenGoal, outputGoal float64 // sums over the neurons, in bits
	accuracy               float64
}

// train presents the loaded images with their labels and, if learn, moves the
// weights by one step. The accuracy is that before the step.
func (n *network[T]) train(labels []byte, draw drawer[T], learn bool) result {
	for i, w := range n.architecture.output.sources {
		if w.connection == ownClass {
			n.output.sources[i].identity()
		}
	}
	n.forward(oneHot[T]{dataset.Classes, labels}, draw)
	r := result{hiddenGoal: n.hidden.estimate(learn), outputGoal: n.output.estimate(learn)}
	if learn {
		n.images.fillColumns(n.threads)
		n.hidden.learn()
		n.output.learn()
	}
	r.accuracy = accuracy(n.output.theta, labels)
	return r
}

// evaluate returns the accuracy on the loaded images with the label withheld.
func (n *network[T]) evaluate(labels []byte, draw drawer[T]) float64 {
	n.forward(silence[T]{}, draw)
	return accuracy(n.output.theta, labels)
}

// checkFinite returns ErrDiverged if any weight is no number.
func (n *network[T]) checkFinite() error {
	if err := n.hidden.checkFinite("hidden"); err != nil {
		return err
	}
	return n.output.checkFinite("output")
}

// parameters returns everything that is learned, by name: "hidden.F.weight",
// [out][in], "hidden.F.bias", [out], and so on.
func (n *network[T]) parameters() map[string]*parameter[T] {
	named := make(map[string]*parameter[T])
	add := func(layer string, l *layer[T], p plan) {
		for i, w := range p.sources {
			named[layer+"."+w.letter+".weight"] = &l.sources[i].weight
			named[layer+"."+w.letter+".bias"] = &l.sources[i].bias
		}
	}
	add("hidden", n.hidden, n.architecture.hidden)
	add("output", n.output, n.architecture.output)
	return named
}
