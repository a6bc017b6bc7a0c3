package kernel

// SchneiderParams are the constants of the trivariate activation.
type SchneiderParams struct{ C1, C2, W1, W2 float32 }

// Schneider sets theta, [sample][neuron], to the probability of firing by the
// trivariate activation (paper, appendix A.4):
//
//	θ = s(F·G)    G = (1-c1-c2) + c1·s(w1·F·C) + c2·s(w2·F·L)
//
// with s as in Logistic, and gateC, of the same size, to s(w1·F·C), or perhaps
// to NaN where L is NaN. theta may be x.F or, unless that is one row, x.L; no
// other arguments may overlap.
func Schneider(theta, gateC []float32, x *Fields, p *SchneiderParams) {
	if !x.sized(len(theta)) || len(gateC) != len(theta) {
		panic("kernel: Schneider of matrices that do not match")
	}
	if len(theta) > 0 {
		schneider(theta, gateC, x, p)
	}
}

// schneiderGeneric is Schneider in plain Go.
func schneiderGeneric(theta, gateC []float32, x *Fields, p *SchneiderParams) {
	for i := range x.Context {
		f, c, l := x.rows(i)
		for j, f := range f {
			k := i*x.Width + j
			sc, sl := logistic(p.W1*(f*c[j])), logistic(p.W2*(f*l[j]))
			theta[k], gateC[k] = logistic(f*p.gain(sc, sl)), sc
		}
	}
}

func (p *SchneiderParams) gain(sc, sl float32) float32 {
	return (1 - p.C1 - p.C2) + p.C1*sc + p.C2*sl
}

// SchneiderLateral is Schneider where x differs in L only from what gateC was
// computed of, which it takes as given. It sets gateL to s(w2·F·L). theta may
// be x.F or, unless that is one row, x.L; no other arguments may overlap.
func SchneiderLateral(theta, gateC, gateL []float32, x *Fields, p *SchneiderParams) {
	if !x.sized(len(theta)) || len(gateC) != len(theta) || len(gateL) != len(theta) {
		panic("kernel: SchneiderLateral of matrices that do not match")
	}
	if len(theta) > 0 {
		schneiderLateral(theta, gateC, gateL, x, p)
	}
}

// schneiderLateralGeneric is SchneiderLateral in plain Go.
func schneiderLateralGeneric(theta, gateC, gateL []float32, x *Fields, p *SchneiderParams) {
	for i := range x.Context {
		f, _, l := x.rows(i)
		for j, f := range f {
			k := i*x.Width + j
			sl := logistic(p.W2 * (f * l[j]))
			theta[k], gateL[k] = logistic(f*p.gain(gateC[k], sl)), sl
		}
	}
}

// SchneiderBackward sets df and dl, both [sample][neuron], to the derivatives
// by F and L, and adds those by C to dc, which is [context][neuron], given the
// derivative by theta and what the last presentation made of x: theta, and in
// df and dl gateC and gateL. It flushes df and dl as FlushTiny does. gradient
// may be theta; no other arguments may overlap.
func SchneiderBackward(df, dc, dl, gradient, theta []float32, x *Fields, p *SchneiderParams) {
	n := len(df)
	if !x.sized(n) || len(dc) != len(x.C) || len(dl) != n || len(gradient) != n || len(theta) != n {
		panic("kernel: SchneiderBackward of matrices that do not match")
	}
	if n > 0 {
		schneiderBackward(df, dc, dl, gradient, theta, x, p)
	}
}

// schneiderBackwardGeneric is SchneiderBackward in plain Go.
func schneiderBackwardGeneric(df, dc, dl, gradient, theta []float32, x *Fields, p *SchneiderParams) {
	for i, context := range x.Context {
		f, c, l := x.rows(i)
		dc := dc[int(context)*x.Width:]
		for j, f := range f {
			k := i*x.Width + j
			sc, sl := df[k], dl[k]
			slopeC := p.C1 * p.W1 * sc * (1 - sc) * f
			slopeL := p.C2 * p.W2 * sl * (1 - sl) * f
			g := gradient[k] * theta[k] * (1 - theta[k])
			df[k] = flushed(g * (p.gain(sc, sl) + slopeC*c[j] + slopeL*l[j]))
			dl[k] = flushed(g * slopeL * f)
			dc[j] += g * slopeC * f
		}
	}
}
