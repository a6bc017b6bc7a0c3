package sampler

import (
	"fmt"
	"math"

	"github.com/goal-search/goal-search/study"
)

// box maps the free parameters of a space to the unit cube and back. All
// models work in the cube, so that every axis has the same scale.
type box []axis

// axis maps one parameter to [0, 1]: logarithmic ones through their logarithm,
// whole numbers by equal cells [k-1/2, k+1/2), so that both ends are as likely
// as the rest.
type axis struct {
	study.Parameter
	from, to float64 // ends on the searched scale
}

// newBox returns the box of the space's free parameters, in order.
func newBox(space study.Space) (box, error) {
	if err := space.Validate(); err != nil {
		return nil, fmt.Errorf("search space: %w", err)
	}
	free := space.Free()
	b := make(box, len(free))
	for i, p := range free {
		b[i] = newAxis(p)
	}
	return b, nil
}

func newAxis(p study.Parameter) axis {
	a := axis{Parameter: p, from: p.Low, to: p.High}
	if p.Integer {
		a.from, a.to = p.Low-0.5, p.High+0.5
	}
	if p.Log {
		a.from, a.to = math.Log(a.from), math.Log(a.to)
	}
	return a
}

// unit returns where v, a value or the end of a cell, lies in [0, 1].
func (a axis) unit(v float64) float64 {
	if a.Log {
		v = math.Log(v)
	}
	// Halved, because the width of the widest range is no float64.
	width := a.to/2 - a.from/2
	if width == 0 { // neighbouring numbers, equal on this scale
		return 0.5
	}
	return min(max((v/2-a.from/2)/width, 0), 1)
}

// value returns the parameter's value at u in [0, 1], the range's own ends at
// the ends.
func (a axis) value(u float64) float64 {
	switch u {
	case 0:
		return a.Low
	case 1:
		return a.High
	}
	v := a.from*(1-u) + a.to*u
	if a.Log {
		v = math.Exp(v)
	}
	if a.Integer {
		v = math.Round(v)
	}
	return min(max(v, a.Low), a.High)
}

// cell returns the ends of the cell of whole number v, in [0, 1].
func (a axis) cell(v float64) (from, to float64) {
	return a.unit(v - 0.5), a.unit(v + 0.5)
}

// point returns where a trial lies in the unit cube.
func (b box) point(p study.Parameters) ([]float64, error) {
	x := make([]float64, len(b))
	for i, a := range b {
		v, ok := p[a.Name]
		if !ok || !a.Contains(v) {
			return nil, fmt.Errorf("parameter %s = %g: want a value in [%g, %g]", a.Name, v, a.Low, a.High)
		}
		x[i] = a.unit(v)
	}
	return x, nil
}

// parameters returns the values at a point of the unit cube.
func (b box) parameters(x []float64) study.Parameters {
	p := make(study.Parameters, len(b))
	for i, a := range b {
		p[a.Name] = a.value(x[i])
	}
	return p
}
