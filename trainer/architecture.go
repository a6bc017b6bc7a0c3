package trainer

import (
	"maps"
	"slices"

	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/pid"
)

// architecture says of which parts a network is made. A new kind of network is
// a new entry of architectures, and whatever part it brings that is new.
type architecture struct {
	family        string // of goals, as published
	presentations int    // of each image: two where outputs feed back
	hidden        plan
	output        plan
}

// plan says of which parts a layer is made.
type plan struct {
	sources    []wire
	activation activationKind
	binning    pid.Binning // of every source
}

// wire is one source of a layer.
type wire struct {
	letter     string
	origin     origin
	connection connection
}

// origin is where a source's input comes from.
type origin int

const (
	fromImage  origin = iota
	fromLabel         // one-hot; withheld, that is all zeros, in evaluation
	fromLayer         // the layer's own outputs at the presentation before; zeros at the first
	fromHidden        // the hidden layer's outputs at the last presentation

	origins // how many there are
)

// connection is which neurons of its input a source reaches.
type connection int

const (
	all       connection = iota
	allOther             // all but the neuron itself
	someOther            // as many as Config.MaxConnections of these, drawn once
	ownClass             // only the input of the neuron's own number, with weight 1 at the start of each training batch
)

// activationKind names an activation with its published parameters.
type activationKind int

const (
	trivariateActivation activationKind = iota // schneider, c = 0.1, w = 2
	outputActivation                           // graetz, k1 = 1, k2 = 2
)

const (
	binsPerSource        = 20  // published
	publishedConnections = 100 // of a neuron, where they are limited
)

// outputPlan is the output layer of every infomorphic network.
var outputPlan = plan{
	sources:    []wire{{"F", fromHidden, all}, {"C", fromLabel, ownClass}},
	activation: outputActivation,
	binning:    pid.AdaptiveBinning(binsPerSource),
}

// architectures holds the networks by name (paper, appendix A.3).
var architectures = map[string]architecture{
	"setup1": {
		family:        "infomorphic_context_lateral",
		presentations: 2,
		hidden: plan{
			sources:    []wire{{"F", fromImage, all}, {"C", fromLabel, all}, {"L", fromLayer, allOther}},
			activation: trivariateActivation,
			binning:    pid.FixedBinning(binsPerSource, -20, 20),
		},
		output: outputPlan,
	},
	"setup2": {
		family:        "infomorphic_context_lateral",
		presentations: 2,
		hidden: plan{
			sources:    []wire{{"F", fromImage, all}, {"C", fromLabel, all}, {"L", fromLayer, someOther}},
			activation: trivariateActivation,
			binning:    pid.FixedBinning(binsPerSource, -20, 20),
		},
		output: outputPlan,
	},
}

// Networks returns the names of the networks that can be trained.
func Networks() []string { return slices.Sorted(maps.Keys(architectures)) }

// Family returns the family of goals that a network takes, such as
// "infomorphic_context_lateral"; "" for an unknown network.
func Family(network string) string { return architectures[network].family }

// SourceLetters returns a letter for each source of a network's hidden
// neurons, such as "FCL"; "" for an unknown network.
func SourceLetters(network string) string {
	var letters string
	for _, w := range architectures[network].hidden.sources {
		letters += w.letter
	}
	return letters
}

func newActivation(kind activationKind) activation {
	switch kind {
	case trivariateActivation:
		return &trivariate{kernel.SchneiderParams{C1: 0.1, C2: 0.1, W1: 2, W2: 2}}
	case outputActivation:
		return readout{}
	}
	panic("trainer: unknown activation")
}

// limitsConnections tells whether Config.MaxConnections has a meaning.
func (a architecture) limitsConnections() bool {
	return slices.ContainsFunc(a.hidden.sources, func(w wire) bool { return w.connection == someOther })
}

// drawn returns how many of its inputs each neuron reaches, if which ones is
// drawn at random; 0 if it is fixed. Where most allows for all other neurons,
// someOther is allOther.
func (c connection) drawn(in, most int) int {
	if c == someOther && most < in-1 {
		return most
	}
	return 0
}

// exists tells whether neuron n has a connection from input i where that is
// fixed; nil when all exist.
func (c connection) exists() func(n, i int) bool {
	switch c {
	case allOther, someOther:
		return func(n, i int) bool { return n != i }
	case ownClass:
		return func(n, i int) bool { return n == i }
	}
	return nil
}
