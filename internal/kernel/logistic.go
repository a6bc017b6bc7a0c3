package kernel

import "math"

// LogisticMargin is how far ClampedLogistic stays away from 0 and 1.
const LogisticMargin = 1e-6

// Logistic sets dst to s(x) = 1/(1+exp(-x)). Above 17 it is exactly 1 and
// below -87 less than 3e-38; NaN stays NaN. dst may be x.
func Logistic(dst, x []float32) {
	if len(dst) != len(x) {
		panic("kernel: Logistic of slices of unequal length")
	}
	logisticAll(dst, x)
}

// ClampedLogistic sets dst to s(x) clamped to [1e-6, 1-1e-6], which is the
// activation of the output layer. dst may be x.
func ClampedLogistic(dst, x []float32) {
	if len(dst) != len(x) {
		panic("kernel: ClampedLogistic of slices of unequal length")
	}
	clampedLogistic(dst, x)
}

// ClampedLogisticBackward sets dst to the derivative by x, given that by theta
// and what ClampedLogistic made of x: 0 where the clamp acted. dst may be
// gradient or theta.
func ClampedLogisticBackward(dst, gradient, theta []float32) {
	if len(dst) != len(gradient) || len(dst) != len(theta) {
		panic("kernel: ClampedLogisticBackward of slices of unequal length")
	}
	clampedLogisticBackward(dst, gradient, theta)
}

func logisticGeneric(dst, x []float32) {
	for i, v := range x {
		dst[i] = logistic(v)
	}
}

func clampedLogisticGeneric(dst, x []float32) {
	for i, v := range x {
		dst[i] = min(max(logistic(v), LogisticMargin), 1-LogisticMargin)
	}
}

func clampedLogisticBackwardGeneric(dst, gradient, theta []float32) {
	for i, t := range theta {
		g := gradient[i]
		if t <= LogisticMargin || t >= 1-LogisticMargin {
			g = 0
		}
		dst[i] = g * t * (1 - t)
	}
}

// logistic is 1/(1+exp(-x)). Where the exponential overflows it is 0.
func logistic(x float32) float32 {
	return float32(1 / (1 + math.Exp(-float64(x))))
}
