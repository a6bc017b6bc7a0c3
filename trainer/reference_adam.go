package trainer

import (
	"math"

	"github.com/goal-search/goal-search/pid"
)

// referenceParameter is a tensor that is learned, and what Adam remembers of it.
type referenceParameter[T pid.Float] struct {
	shape    []uint64
	value    []T
	gradient []T // of the loss, before weight decay
	mean     []T // first moment
	square   []T // second moment
}

func newReferenceParameter[T pid.Float](shape ...int) referenceParameter[T] {
	n := 1
	var dimensions []uint64
	for _, d := range shape {
		n *= d
		dimensions = append(dimensions, uint64(d))
	}
	return referenceParameter[T]{dimensions, make([]T, n), make([]T, n), make([]T, n), make([]T, n)}
}

// referenceUpdate applies Adam's step.
func referenceUpdate[T pid.Float](a *adam, p *referenceParameter[T]) {
	rate := T(a.rate / (1 - math.Pow(beta1, float64(a.steps))))
	correction := T(math.Sqrt(1 - math.Pow(beta2, float64(a.steps))))
	decay := T(a.decay)
	for i, g := range p.gradient {
		g += decay * p.value[i]
		p.mean[i] = beta1*p.mean[i] + (1-beta1)*g
		p.square[i] = beta2*p.square[i] + (1-beta2)*g*g
		p.value[i] -= rate * p.mean[i] / (T(math.Sqrt(float64(p.square[i])))/correction + adamEpsilon)
	}
}
