package kernel

// SchneiderParams are the constants of the trivariate activation.
type SchneiderParams struct{ C1, C2, W1, W2 float32 }

// Schneider sets theta, [sample][neuron], to the probability of firing by the
// trivariate activation (paper, appendix A.4):
//
//	θ = s(F·G)    G = (1-c1-c2) + c1·s(w1·F·C) + c2·s(w2·F·L)
//
// with s as in Logistic. theta may be x.F or x.L.
func Schneider(theta []float32, x *Fields, p *SchneiderParams) {
	if !x.sized(len(theta)) {
		panic("kernel: Schneider of matrices that do not match")
	}
	if len(theta) > 0 {
		schneider(theta, x, p)
	}
}

// schneiderGeneric is Schneider in plain Go.
func schneiderGeneric(theta []float32, x *Fields, p *SchneiderParams) {
	for i := range x.Context {
		f, c, l := x.rows(i)
		for j, f := range f {
			g := p.gain(logistic(p.W1*(f*c[j])), logistic(p.W2*(f*l[j])))
			theta[i*x.Width+j] = logistic(f * g)
		}
	}
}

func (p *SchneiderParams) gain(sc, sl float32) float32 {
	return (1 - p.C1 - p.C2) + p.C1*sc + p.C2*sl
}

// SchneiderBackward sets df and dl, both [sample][neuron], to the derivatives
// by F and L, and adds those by C to dc, which is [context][neuron], given the
// derivative by theta and what Schneider made of x. df and dl may be the same
// slice as gradient or theta, or as x.F and x.L unless L is one row; no other
// arguments may overlap.
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
			sc, sl := logistic(p.W1*(f*c[j])), logistic(p.W2*(f*l[j]))
			slopeC := p.C1 * p.W1 * sc * (1 - sc) * f
			slopeL := p.C2 * p.W2 * sl * (1 - sl) * f
			g := gradient[k] * theta[k] * (1 - theta[k])
			df[k], dl[k] = g*(p.gain(sc, sl)+slopeC*c[j]+slopeL*l[j]), g*slopeL*f
			dc[j] += g * slopeC * f
		}
	}
}
