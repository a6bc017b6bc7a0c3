package trainer

import (
	"math"

	"github.com/goal-search/goal-search/pid"
)

// activation turns a neuron's fields into its probability of firing. Fields
// are [source][sample], in the order F, C, L.
type referenceActivation[T pid.Float] interface {
	// probability sets theta to P(y = +1) by sample.
	probability(theta []T, fields [][]T)
	// backward sets slopes to the derivatives by the fields, given the
	// derivative by theta. slopes may not overlap the other arguments.
	backward(slopes [][]T, gradient, theta []T, fields [][]T)
}

// schneider is the trivariate activation of the paper (appendix A.4):
//
//	θ = s(A)    A = F·[(1-c1-c2) + c1·s(w1·F·C) + c2·s(w2·F·L)]
//
// with s the logistic function. θ is not clamped and can become exactly 1.
type schneider[T pid.Float] struct{ c1, c2, w1, w2 T }

func (a schneider[T]) probability(theta []T, fields [][]T) {
	f, c, l := fields[0], fields[1], fields[2]
	for b := range theta {
		theta[b] = logistic(f[b] * a.factor(logistic(a.w1*f[b]*c[b]), logistic(a.w2*f[b]*l[b])))
	}
}

func (a schneider[T]) factor(sc, sl T) T { return (1 - a.c1 - a.c2) + a.c1*sc + a.c2*sl }

func (a schneider[T]) backward(slopes [][]T, gradient, theta []T, fields [][]T) {
	f, c, l := fields[0], fields[1], fields[2]
	for b, g := range gradient {
		sc, sl := logistic(a.w1*f[b]*c[b]), logistic(a.w2*f[b]*l[b])
		dc := a.c1 * a.w1 * sc * (1 - sc) * f[b]
		dl := a.c2 * a.w2 * sl * (1 - sl) * f[b]
		g *= theta[b] * (1 - theta[b])
		slopes[0][b] = g * (a.factor(sc, sl) + dc*c[b] + dl*l[b])
		slopes[1][b] = g * dc * f[b]
		slopes[2][b] = g * dl * f[b]
	}
}

// graetzMargin is how far graetz keeps θ away from 0 and 1.
const graetzMargin = 1e-6

// graetz is the bivariate activation (reference code; Graetz in Makkeh et al.
// 2023): the second source R is the context or the lateral input,
//
//	θ = s(F·[k1 + (1-k1)·2·s(k2·F·R)])
//
// clamped to [1e-6, 1-1e-6], with no gradient where the clamp acts. With
// k1 = 1, as in the output layer, R has no influence.
type graetz[T pid.Float] struct{ k1, k2 T }

func (a graetz[T]) probability(theta []T, fields [][]T) {
	f, r := fields[0], fields[1]
	for b := range theta {
		theta[b] = clamp(logistic(f[b]*a.factor(logistic(a.k2*f[b]*r[b]))), graetzMargin, 1-graetzMargin)
	}
}

func (a graetz[T]) factor(s T) T { return a.k1 + (1-a.k1)*2*s }

func (a graetz[T]) backward(slopes [][]T, gradient, _ []T, fields [][]T) {
	f, r := fields[0], fields[1]
	for b, g := range gradient {
		s := logistic(a.k2 * f[b] * r[b])
		theta := logistic(f[b] * a.factor(s))
		if theta < graetzMargin || theta > 1-graetzMargin {
			g = 0
		}
		g *= theta * (1 - theta)
		dr := (1 - a.k1) * 2 * a.k2 * s * (1 - s) * f[b]
		slopes[0][b] = g * (a.factor(s) + dr*r[b])
		slopes[1][b] = g * dr * f[b]
	}
}

func clamp[T pid.Float](v, low, high T) T { return min(max(v, low), high) }

// logistic is 1/(1+exp(-x)), by the branch that cannot overflow.
func logistic[T pid.Float](x T) T {
	if x >= 0 {
		return T(1 / (1 + math.Exp(-float64(x))))
	}
	e := math.Exp(float64(x))
	return T(e / (1 + e))
}

func newReferenceActivation[T pid.Float](kind activationKind) referenceActivation[T] {
	switch kind {
	case trivariateActivation:
		return schneider[T]{c1: 0.1, c2: 0.1, w1: 2, w2: 2}
	case outputActivation:
		return graetz[T]{k1: 1, k2: 2}
	}
	panic("trainer: unknown activation")
}
