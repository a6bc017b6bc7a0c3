package trainer

import (
	"github.com/goal-search/goal-search/pid"
)

// referenceLayer is a group of neurons with the same input classes, activation and
// goal, each of which learns by itself.
type referenceLayer[T pid.Float] struct {
	neurons    int
	sources    []*referenceSource[T] // F, C[, L]
	activation referenceActivation[T]
	goal       pid.Goal
	adam       adam
	scratch    []referenceScratch[T] // by thread

	theta   []T         // [neurons][batch]: P(y = +1)
	outputs [2]dense[T] // -1 and +1, of the even and of the odd presentations
	terms   []float64   // [neurons][terms], in bits
	threads int
}

// referenceScratch is what one thread needs to estimate a neuron's goal.
type referenceScratch[T pid.Float] struct {
	estimator *pid.Estimator[T]
	bins      [][]uint8
	gradient  []T
}

func newReferenceLayer[T pid.Float](sources []*referenceSource[T], a referenceActivation[T], goal pid.Goal, optimiser adam, bins []int, threads int) (*referenceLayer[T], error) {
	l := &referenceLayer[T]{
		neurons: sources[0].out, sources: sources, activation: a, goal: goal, adam: optimiser, threads: max(threads, 1),
		terms: make([]float64, sources[0].out*goal.Lattice().Terms()),
	}
	for range l.threads {
		estimator, err := pid.NewEstimator[T](bins...)
		if err != nil {
			return nil, err
		}
		l.scratch = append(l.scratch, referenceScratch[T]{estimator: estimator, bins: make([][]uint8, len(sources))})
	}
	return l, nil
}

// resize prepares for a batch.
func (l *referenceLayer[T]) resize(batch int) {
	l.theta = grow(l.theta, l.neurons*batch)
	for _, s := range l.sources {
		s.resize(batch)
	}
	for i := range l.scratch {
		l.scratch[i].gradient = grow(l.scratch[i].gradient, batch)
		for s := range l.scratch[i].bins {
			l.scratch[i].bins[s] = grow(l.scratch[i].bins[s], batch)
		}
	}
}

// activate computes the firing probabilities from the fields.
func (l *referenceLayer[T]) activate() {
	parallel(l.threads, l.neurons, func(_, n int) {
		l.activation.probability(l.row(l.theta, n), l.rows(n, func(s *referenceSource[T]) []T { return s.field }))
	})
}

// sample draws the outputs of a presentation. Those of the one before stay:
// the gradient of lateral weights needs them.
func (l *referenceLayer[T]) sample(draw referenceDrawer[T], presentation int) {
	batch := len(l.theta) / l.neurons
	output := l.sampled(presentation)
	output.resize(l.neurons, batch)
	parallel(l.threads, l.neurons, func(_, n int) {
		draw.draw(l.row(output.columns, n), l.row(l.theta, n), presentation, n)
	})
	transposeInto(output.rows, output.columns, l.neurons, batch, l.threads)
}

// sampled returns the outputs of a presentation, this one or the one before.
func (l *referenceLayer[T]) sampled(presentation int) *dense[T] { return &l.outputs[presentation%2] }

// estimate computes each neuron's information terms and returns the sum of
// their goals. If learn, it also sets the sources' slopes: the derivative of
// the loss, which is minus that sum.
func (l *referenceLayer[T]) estimate(learn bool) float64 {
	goals := make([]float64, l.neurons)
	parallel(l.threads, l.neurons, func(thread, n int) {
		goals[n] = l.estimateNeuron(&l.scratch[thread], n, learn)
	})
	var sum float64
	for _, g := range goals {
		sum += g
	}
	return sum
}

func (l *referenceLayer[T]) estimateNeuron(s *referenceScratch[T], n int, learn bool) float64 {
	fields := l.rows(n, func(s *referenceSource[T]) []T { return s.field })
	for i, source := range l.sources {
		source.binner.Assign(s.bins[i], fields[i])
	}
	count := l.goal.Lattice().Terms()
	terms, theta := l.terms[n*count:][:count], l.row(l.theta, n)
	if !learn {
		return s.estimator.Estimate(l.goal, theta, s.bins, terms, nil)
	}
	goal := s.estimator.Estimate(l.goal, theta, s.bins, terms, s.gradient)
	for b := range s.gradient {
		s.gradient[b] = -s.gradient[b]
	}
	l.activation.backward(l.rows(n, func(s *referenceSource[T]) []T { return s.slope }), s.gradient, theta, fields)
	return goal
}

// learn moves the weights down the gradient of the loss.
func (l *referenceLayer[T]) learn() {
	l.adam.step()
	for _, s := range l.sources {
		s.backward(l.threads)
		referenceUpdate(&l.adam, &s.weight)
		referenceUpdate(&l.adam, &s.bias)
	}
}

// meanTerms adds the mean of each information term over the neurons to sum.
func (l *referenceLayer[T]) meanTerms(sum []float64) {
	count := len(sum)
	for i, v := range l.terms {
		sum[i%count] += v / float64(l.neurons)
	}
}

// row returns neuron n's part of an [neurons][batch] slice.
func (l *referenceLayer[T]) row(values []T, n int) []T {
	batch := len(values) / l.neurons
	return values[n*batch:][:batch]
}

// rows returns neuron n's part of a slice of every source.
func (l *referenceLayer[T]) rows(n int, of func(*referenceSource[T]) []T) [][]T {
	rows := make([][]T, len(l.sources))
	for i, s := range l.sources {
		rows[i] = l.row(of(s), n)
	}
	return rows
}
