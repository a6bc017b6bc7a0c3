//go:build !amd64 || purego

package kernel

func schneider(theta, gateC []float32, x *Fields, p *SchneiderParams) {
	schneiderGeneric(theta, gateC, x, p)
}

func schneiderLateral(theta, gateC, gateL []float32, x *Fields, p *SchneiderParams) {
	schneiderLateralGeneric(theta, gateC, gateL, x, p)
}

func schneiderBackward(df, dc, dl, gradient, theta []float32, x *Fields, p *SchneiderParams) {
	schneiderBackwardGeneric(df, dc, dl, gradient, theta, x, p)
}

func logisticAll(dst, x []float32) { logisticGeneric(dst, x) }

func clampedLogistic(dst, x []float32) { clampedLogisticGeneric(dst, x) }

func clampedLogisticBackward(dst, gradient, theta []float32) {
	clampedLogisticBackwardGeneric(dst, gradient, theta)
}

func sample(fired []uint16, theta []float32, key uint64, first uint32) {
	sampleGeneric(fired, theta, key, first)
}

func cells(cell []uint16, x *Fields, b *FieldBins) { cellsGeneric(cell, x, b) }

func adam(value, gradient, mean, square []float32, p *AdamParams) {
	adamGeneric(value, gradient, mean, square, p)
}

func axpy(dst []float32, factor float32, x []float32) { axpyGeneric(dst, factor, x) }
