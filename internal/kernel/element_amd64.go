//go:build amd64 && !purego

package kernel

// spread sets every lane of an AVX2 vector to v, so that kernels can take the
// vector as an operand in memory.
func spread(dst *[8]float32, v float32) {
	for i := range dst {
		dst[i] = v
	}
}

// log2E is log2(e).
const log2E = 1.4426950408889634

// forward holds the factors of the inner exponents, and the gain's parameters
// times -log2(e).
func (p *SchneiderParams) forward() (k [5][8]float32) {
	for i, v := range [...]float32{
		-p.W1 * log2E, -p.W2 * log2E, -p.C1 * log2E, -p.C2 * log2E, -(1 - p.C1 - p.C2) * log2E,
	} {
		spread(&k[i], v)
	}
	return k
}

// backward holds the gain's parameters, and the factors of its slopes.
func (p *SchneiderParams) backward() (k [5][8]float32) {
	for i, v := range [...]float32{p.C1, p.C2, 1 - p.C1 - p.C2, p.C1 * p.W1, p.C2 * p.W2} {
		spread(&k[i], v)
	}
	return k
}

func schneider(theta, gateC []float32, x *Fields, p *SchneiderParams) {
	if path == Generic {
		schneiderGeneric(theta, gateC, x, p)
		return
	}
	k := p.forward()
	width, stride, samples := 4*x.Width, 4*x.strideL(), len(x.Context)
	if path == AVX512 {
		schneiderAVX512(&theta[0], &gateC[0], &x.F[0], &x.C[0], &x.L[0], &x.Context[0], width, stride, samples, &k[0][0])
	} else {
		schneiderAVX2(&theta[0], &gateC[0], &x.F[0], &x.C[0], &x.L[0], &x.Context[0], width, stride, samples, &k[0][0])
	}
}

func schneiderLateral(theta, gateC, gateL []float32, x *Fields, p *SchneiderParams) {
	if path == Generic {
		schneiderLateralGeneric(theta, gateC, gateL, x, p)
		return
	}
	k := p.forward()
	width, stride, samples := 4*x.Width, 4*x.strideL(), len(x.Context)
	if path == AVX512 {
		schneiderLateralAVX512(&theta[0], &gateC[0], &gateL[0],
			&x.F[0], &x.C[0], &x.L[0], &x.Context[0], width, stride, samples, &k[0][0])
	} else {
		schneiderLateralAVX2(&theta[0], &gateC[0], &gateL[0],
			&x.F[0], &x.C[0], &x.L[0], &x.Context[0], width, stride, samples, &k[0][0])
	}
}

func schneiderBackward(df, dc, dl, gradient, theta []float32, x *Fields, p *SchneiderParams) {
	if path == Generic {
		schneiderBackwardGeneric(df, dc, dl, gradient, theta, x, p)
		return
	}
	k := p.backward()
	width, stride, samples := 4*x.Width, 4*x.strideL(), len(x.Context)
	if path == AVX512 {
		schneiderBackwardAVX512(&df[0], &dc[0], &dl[0], &gradient[0], &theta[0],
			&x.F[0], &x.C[0], &x.L[0], &x.Context[0], width, stride, samples, &k[0][0])
	} else {
		schneiderBackwardAVX2(&df[0], &dc[0], &dl[0], &gradient[0], &theta[0],
			&x.F[0], &x.C[0], &x.L[0], &x.Context[0], width, stride, samples, &k[0][0])
	}
}

// whole is how many of n floats the vector kernels take; the generic twin does
// the rest.
func whole(n int) int {
	if path == Generic {
		return 0
	}
	return n / Lane * Lane
}

func logisticAll(dst, x []float32) {
	n := whole(len(x))
	if n > 0 && path == AVX512 {
		logisticAVX512(&dst[0], &x[0], n)
	} else if n > 0 {
		logisticAVX2(&dst[0], &x[0], n)
	}
	logisticGeneric(dst[n:], x[n:])
}

func clampedLogistic(dst, x []float32) {
	n := whole(len(x))
	if n > 0 && path == AVX512 {
		clampedLogisticAVX512(&dst[0], &x[0], n)
	} else if n > 0 {
		clampedLogisticAVX2(&dst[0], &x[0], n)
	}
	clampedLogisticGeneric(dst[n:], x[n:])
}

func clampedLogisticBackward(dst, gradient, theta []float32) {
	n := whole(len(dst))
	if n > 0 && path == AVX512 {
		clampedLogisticBackwardAVX512(&dst[0], &gradient[0], &theta[0], n)
	} else if n > 0 {
		clampedLogisticBackwardAVX2(&dst[0], &gradient[0], &theta[0], n)
	}
	clampedLogisticBackwardGeneric(dst[n:], gradient[n:], theta[n:])
}

func sample(fired []uint16, theta []float32, key uint64, first uint32) {
	low, high := uint32(key), uint32(key>>32)
	switch path {
	case AVX512:
		sampleAVX512(&fired[0], &theta[0], len(theta), low, high, first)
	case AVX2:
		sampleAVX2(&fired[0], &theta[0], len(theta), low, high, first)
	default:
		sampleGeneric(fired, theta, key, first)
	}
}

func (b *FieldBins) constants() (k [13][8]float32) {
	factor, sum := float32(b.Count()), float32(0)
	for i, bins := range [...]Bins{b.F, b.C, b.L} {
		factor /= float32(bins.count)
		sum -= factor * bins.first
		for j, v := range [...]float32{bins.scale, bins.first, bins.last, factor} {
			spread(&k[4*i+j], v)
		}
	}
	spread(&k[12], sum)
	return k
}

func cells(cell []uint16, x *Fields, b *FieldBins) {
	if path == Generic {
		cellsGeneric(cell, x, b)
		return
	}
	k := b.constants()
	width, stride, samples := 4*x.Width, 4*x.strideL(), len(x.Context)
	if path == AVX512 {
		cellsAVX512(&cell[0], &x.F[0], &x.C[0], &x.L[0], &x.Context[0], width, stride, samples, &k[0][0])
	} else {
		cellsAVX2(&cell[0], &x.F[0], &x.C[0], &x.L[0], &x.Context[0], width, stride, samples, &k[0][0])
	}
}

func (p *AdamParams) constants() (k [5][8]float32) {
	for i, v := range [...]float32{
		p.Decay, 1 - beta1, 1 - beta2, p.Rate * p.Correction, adamEpsilon * p.Correction,
	} {
		spread(&k[i], v)
	}
	return k
}

func adam(value, gradient, mean, square []float32, p *AdamParams) {
	n := whole(len(value))
	if n > 0 {
		k := p.constants()
		if path == AVX512 {
			adamAVX512(&value[0], &gradient[0], &mean[0], &square[0], n, &k[0][0])
		} else {
			adamAVX2(&value[0], &gradient[0], &mean[0], &square[0], n, &k[0][0])
		}
	}
	adamGeneric(value[n:], gradient[n:], mean[n:], square[n:], p)
}

func axpy(dst []float32, factor float32, x []float32) {
	n := whole(len(dst))
	if n > 0 && path == AVX512 {
		axpyAVX512(&dst[0], factor, &x[0], n)
	} else if n > 0 {
		axpyAVX2(&dst[0], factor, &x[0], n)
	}
	axpyGeneric(dst[n:], factor, x[n:])
}
