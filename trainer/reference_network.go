package trainer

import (
	"math/rand/v2"

	"github.com/goal-search/goal-search/pid"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// referenceNetwork is a hidden and an output layer of infomorphic neurons. T is float32
// in training, float64 where it is held to the reference numbers.
type referenceNetwork[T pid.Float] struct {
	architecture architecture
	hidden       *referenceLayer[T]
	output       *referenceLayer[T]
	images       dense[T]
	threads      int
}

func newReferenceNetwork[T pid.Float](c Config, pixels, threads int) (*referenceNetwork[T], error) {
	a := architectures[c.Network]
	n := &referenceNetwork[T]{architecture: a, threads: threads}
	inputs, most := inputSizes(c, pixels), c.withDefaults().MaxConnections
	var err error
	optimiser := adam{rate: c.LearningRate, decay: c.WeightDecay}
	if n.hidden, err = planReferenceLayer[T](a.hidden, c.Hidden, inputs, most, c.Goal, optimiser, threads); err != nil {
		return nil, err
	}
	optimiser = adam{rate: c.OutputLearningRate, decay: c.OutputWeightDecay}
	if n.output, err = planReferenceLayer[T](a.output, dataset.Classes, inputs, most, c.OutputGoal, optimiser, threads); err != nil {
		return nil, err
	}
	n.initialise(c.Seed)
	return n, nil
}

func planReferenceLayer[T pid.Float](p plan, neurons int, inputs map[origin]int, most int, gamma []float64, optimiser adam, threads int) (*referenceLayer[T], error) {
	goal, err := pid.NewGoal(gamma)
	if err != nil {
		return nil, err
	}
	binner, err := pid.NewBinner[T](p.binning)
	if err != nil {
		return nil, err
	}
	var sources []*referenceSource[T]
	var bins []int
	for _, w := range p.sources {
		sources = append(sources, newReferenceSource[T](inputs[w.origin], neurons, w.connection, most, binner))
		bins = append(bins, p.binning.Bins)
	}
	return newReferenceLayer(sources, newReferenceActivation[T](p.activation), goal, optimiser, bins, threads)
}

// initialise draws all weights from the seed, in a fixed order.
func (n *referenceNetwork[T]) initialise(seed uint64) {
	random := rand.New(rand.NewPCG(seed, mix(purposeWeights)))
	for _, s := range n.hidden.sources {
		s.connect(random)
	}
	for _, l := range []*referenceLayer[T]{n.hidden, n.output} {
		for _, s := range l.sources {
			s.initialise(random)
		}
	}
}

// load takes the chosen images, normalised: value[p] is that of the byte p.
func (n *referenceNetwork[T]) load(images *dataset.Images, chosen []int32, value *[256]T) {
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
func (n *referenceNetwork[T]) forward(labels referenceInput[T], draw referenceDrawer[T]) {
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
func (n *referenceNetwork[T]) present(l *referenceLayer[T], p plan, labels referenceInput[T], presentation int) {
	for i, w := range p.sources {
		if presentation == 1 || w.origin == fromLayer {
			l.sources[i].present(n.input(w.origin, labels, presentation), n.threads)
		}
	}
	l.activate()
}

func (n *referenceNetwork[T]) input(o origin, labels referenceInput[T], presentation int) referenceInput[T] {
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
	return referenceSilence[T]{}
}

// train presents the loaded images with their labels and, if learn, moves the
// weights by one step. The accuracy is that before the step.
func (n *referenceNetwork[T]) train(labels []byte, draw referenceDrawer[T], learn bool) result {
	for i, w := range n.architecture.output.sources {
		if w.connection == ownClass {
			n.output.sources[i].identity()
		}
	}
	n.forward(referenceOneHot[T]{dataset.Classes, labels}, draw)
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
func (n *referenceNetwork[T]) evaluate(labels []byte, draw referenceDrawer[T]) float64 {
	n.forward(referenceSilence[T]{}, draw)
	return accuracy(n.output.theta, labels)
}

// parameters returns everything that is learned, by name: "hidden.F.weight",
// [out][in], "hidden.F.bias", [out], and so on.
func (n *referenceNetwork[T]) parameters() map[string]*referenceParameter[T] {
	named := make(map[string]*referenceParameter[T])
	add := func(layer string, l *referenceLayer[T], p plan) {
		for i, w := range p.sources {
			named[layer+"."+w.letter+".weight"] = &l.sources[i].weight
			named[layer+"."+w.letter+".bias"] = &l.sources[i].bias
		}
	}
	add("hidden", n.hidden, n.architecture.hidden)
	add("output", n.output, n.architecture.output)
	return named
}

// referenceDrawer decides the outputs of a layer's neurons.
type referenceDrawer[T pid.Float] interface {
	// draw sets dst to +1 or -1 by sample, for one neuron at one presentation.
	draw(dst, theta []T, presentation, neuron int)
}

// normalisedBytes returns what each byte of an image becomes.
func normalisedBytes[T pid.Float](n dataset.Normalization) [256]T {
	var values [256]T
	for p := range values {
		values[p] = T((float64(p) - n.Mean) / n.Std)
	}
	return values
}
