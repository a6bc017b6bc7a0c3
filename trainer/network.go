package trainer

import (
	"math/rand/v2"

	"github.com/goal-search/goal-search/pid"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// network is a hidden and an output layer of infomorphic neurons, made for the
// vector kernels. It is held to referenceNetwork.
type network struct {
	architecture architecture
	hidden       *layer
	output       *layer
	threads      int
	clock        *clock // of the hidden layer

	shift  float32 // of every pixel
	dense  float64 // from which share of pixels that are not black lists are slower
	listed listedImages
	whole  wholeImages
	batch  int
	absent []uint8        // labels of a batch, all withheld
	given  [origins]input // by origin
}

func newNetwork(c Config, pixels int, scale dataset.Normalization, threads int) (*network, error) {
	a := architectures[c.Network]
	pixel := float32(1 / scale.Std)
	n := &network{
		architecture: a, threads: max(threads, 1), dense: denseFrom, shift: float32(scale.Mean / scale.Std),
		listed: newListedImages(pixel, max(threads, 1)), whole: wholeImages{scale: pixel},
	}
	inputs, most := inputSizes(c, pixels), c.withDefaults().MaxConnections
	var err error
	optimiser := adam{rate: c.LearningRate, decay: c.WeightDecay}
	if n.hidden, err = planLayer(a.hidden, c.Hidden, inputs, most, c.Goal, optimiser, n.threads); err != nil {
		return nil, err
	}
	optimiser = adam{rate: c.OutputLearningRate, decay: c.OutputWeightDecay}
	if n.output, err = planLayer(a.output, dataset.Classes, inputs, most, c.OutputGoal, optimiser, n.threads); err != nil {
		return nil, err
	}
	n.clock = n.hidden.clock
	n.initialise(c.Seed)
	return n, nil
}

// inputSizes returns the number of values that each origin has.
func inputSizes(c Config, pixels int) map[origin]int {
	return map[origin]int{fromImage: pixels, fromLabel: dataset.Classes, fromLayer: c.Hidden, fromHidden: c.Hidden}
}

func planLayer(p plan, neurons int, inputs map[origin]int, most int, gamma []float64, optimiser adam, threads int) (*layer, error) {
	t := newTiling(neurons)
	l := &layer{tiling: t, activation: newActivation(p.activation), adam: optimiser, threads: threads, clock: new(clock), losses: make([]float64, neurons)}
	loss := make([]float64, len(gamma))
	for i, v := range gamma {
		loss[i] = -v
	}
	goal, err := pid.NewGoal(loss)
	if err != nil {
		return nil, err
	}
	l.lattice = goal.Lattice()
	l.terms = make([]float64, neurons*l.lattice.Terms())
	var bins []int
	for i, w := range p.sources {
		l.sources = append(l.sources, newSource(t, inputs[w.origin], w, p.sharingOf(i), most, threads))
		bins = append(bins, p.binning.Bins)
	}
	if l.binning, err = newBinning(p.binning, len(bins)); err != nil {
		return nil, err
	}
	for range threads {
		e, err := pid.NewFastEstimator(goal, bins...)
		if err != nil {
			return nil, err
		}
		l.scratch = append(l.scratch, scratch{estimator: e})
	}
	l.tasks = layerTasks{
		activate: l.activateBlock, again: l.againBlock, sample: l.sampleBlock, estimate: l.estimateNeurons, backward: l.backwardBlock,
		bin: func(thread, task int) { l.binning.task(l, thread, task) },
	}
	return l, nil
}

// initialise draws all connections and weights from the seed, in a fixed order.
func (n *network) initialise(seed uint64) {
	random := rand.New(rand.NewPCG(seed, mix(purposeWeights)))
	for _, s := range n.hidden.sources {
		if s.sparse != nil {
			s.sparse.connect(random)
		}
	}
	for _, l := range []*layer{n.hidden, n.output} {
		for _, s := range l.sources {
			s.initialise(random)
		}
	}
}

// forward computes both layers' firing probabilities for a batch of images.
func (n *network) forward(images input, labels []uint8, draw drawer, learn bool) {
	n.hidden.resize(n.batch)
	n.output.resize(n.batch)
	given := &n.given
	given[fromImage], given[fromLabel], given[fromLayer] = images, input{context: labels}, input{silent: true}
	for presentation := 1; presentation <= n.architecture.presentations; presentation++ {
		n.present(n.hidden, n.architecture.hidden, given, presentation)
		last := presentation == n.architecture.presentations
		given[fromLayer] = n.hidden.sample(draw, presentation, learn || n.hidden.sparse() && !last)
	}
	given[fromHidden] = given[fromLayer]
	n.present(n.output, n.architecture.output, given, 1)
	n.clock.lap(OutputLayer)
}

// present computes a layer's fields and probabilities. Fields whose input is
// the same at every presentation are computed at the first only.
func (n *network) present(l *layer, p plan, given *[origins]input, presentation int) {
	for i, w := range p.sources {
		if presentation == 1 || w.origin == fromLayer {
			l.sources[i].present(given[w.origin], l.batch)
			l.clock.lap(l.sources[i].stages.forward)
		}
	}
	l.activate(presentation)
}

// result is what a batch gave, beside the layers' terms.
type result struct {
	hiddenGoal, outputGoal float64 // sums over the neurons, in bits
	accuracy               float64
}

// train presents images with their labels and, if learn, moves the weights by
// one step. The accuracy is that before the step.
func (n *network) train(images input, labels []byte, draw drawer, learn bool) result {
	for i, w := range n.architecture.output.sources {
		if w.connection == ownClass {
			n.output.sources[i].identity()
		}
	}
	n.forward(images, labels, draw, learn)
	r := result{hiddenGoal: n.hidden.estimate(learn), outputGoal: n.output.estimate(learn)}
	n.clock.lap(OutputLayer)
	if learn {
		n.hidden.learn()
		n.output.learn()
	}
	r.accuracy = n.accuracy(labels)
	n.clock.lap(OutputLayer)
	return r
}

// evaluate returns the accuracy on images with the label withheld.
func (n *network) evaluate(images input, labels []byte, draw drawer) float64 {
	n.absent = grow(n.absent, len(labels))
	for b := range n.absent {
		n.absent[b] = withheld
	}
	n.forward(images, n.absent, draw, false)
	return n.accuracy(labels)
}

func (n *network) accuracy(labels []byte) float64 {
	return rowAccuracy(n.output.theta, labels, n.output.tiling.neurons)
}

// checkFinite returns ErrDiverged if any weight is no number.
func (n *network) checkFinite() error {
	if err := n.hidden.checkFinite("hidden"); err != nil {
		return err
	}
	return n.output.checkFinite("output")
}

// parameters returns everything that is learned, by name: "hidden.F.weight",
// "hidden.F.bias", and so on.
func (n *network) parameters() map[string]*parameter {
	named := make(map[string]*parameter)
	add := func(layer string, l *layer, p plan) {
		for i, w := range p.sources {
			named[layer+"."+w.letter+".weight"] = l.sources[i].weight
			named[layer+"."+w.letter+".bias"] = l.sources[i].bias
		}
	}
	add("hidden", n.hidden, n.architecture.hidden)
	add("output", n.output, n.architecture.output)
	return named
}
