package study

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// Space is the box that is searched: parameters in a fixed order.
type Space []Parameter

// SpaceMax is how many parameters the largest space has: what a sampler keeps of
// them grows with their square.
const SpaceMax = 1000

// Parameter is one axis of a Space. Low == High fixes it: samplers leave it
// out of the search, and every trial carries its value.
type Parameter struct {
	Name    string  `json:"name"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	Log     bool    `json:"log,omitempty"`     // searched on a logarithmic scale; needs Low > 0
	Integer bool    `json:"integer,omitempty"` // whole numbers only, both ends included
}

// Parameters is one point of a Space: a value for every parameter by name.
type Parameters map[string]float64

// Fixed tells whether the parameter has only one value.
func (p Parameter) Fixed() bool { return p.Low == p.High }

// Contains tells whether v is a value of the parameter.
func (p Parameter) Contains(v float64) bool {
	return v >= p.Low && v <= p.High && (!p.Integer || v == math.Trunc(v))
}

// Validate tells whether the parameter describes a non-empty, finite range.
func (p Parameter) Validate() error {
	finite := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
	switch {
	case p.Name == "":
		return fmt.Errorf("a parameter has no name")
	case !utf8.ValidString(p.Name):
		return fmt.Errorf("parameter %q: its name is not UTF-8", p.Name)
	case len(p.Name) > ShortMax:
		return ValidateShort("parameter name", p.Name)
	case !finite(p.Low) || !finite(p.High):
		return fmt.Errorf("%s: range [%g, %g] is not finite", p.Name, p.Low, p.High)
	case p.Low > p.High:
		return fmt.Errorf("%s: range [%g, %g] is empty: the lower end lies above the upper", p.Name, p.Low, p.High)
	case p.Log && p.Low <= 0:
		return fmt.Errorf("%s: range [%g, %g] on a logarithmic scale: want a lower end above 0", p.Name, p.Low, p.High)
	case p.Integer && (p.Low != math.Trunc(p.Low) || p.High != math.Trunc(p.High)):
		return fmt.Errorf("%s: range [%g, %g] of whole numbers: want whole ends", p.Name, p.Low, p.High)
	}
	return nil
}

// Validate tells whether the space can be searched: valid parameters, each
// name once, at least one not fixed.
func (s Space) Validate() error {
	if len(s) > SpaceMax {
		return fmt.Errorf("%d parameters: want at most %d", len(s), SpaceMax)
	}
	seen := make(map[string]bool, len(s))
	for _, p := range s {
		if err := p.Validate(); err != nil {
			return err
		}
		if seen[p.Name] {
			return fmt.Errorf("%s: named twice", p.Name)
		}
		seen[p.Name] = true
	}
	if len(s.Free()) == 0 {
		return fmt.Errorf("no parameter to search: all %d are fixed", len(s))
	}
	return nil
}

// Free returns the parameters that are searched, in order.
func (s Space) Free() Space {
	var free Space
	for _, p := range s {
		if !p.Fixed() {
			free = append(free, p)
		}
	}
	return free
}

// Complete returns point with the fixed parameters filled in.
func (s Space) Complete(point Parameters) Parameters {
	full := make(Parameters, len(s))
	for _, p := range s {
		if p.Fixed() {
			full[p.Name] = p.Low
		} else if v, ok := point[p.Name]; ok {
			full[p.Name] = v
		}
	}
	return full
}

// Check tells whether point has exactly the space's parameters, each within
// its range.
func (s Space) Check(point Parameters) error {
	for _, p := range s {
		v, ok := point[p.Name]
		if !ok {
			return fmt.Errorf("parameter %s is missing", p.Name)
		}
		if !p.Contains(v) {
			return fmt.Errorf("parameter %s = %g lies outside [%g, %g]", p.Name, v, p.Low, p.High)
		}
	}
	if len(point) != len(s) {
		return fmt.Errorf("%d parameters, want %d", len(point), len(s))
	}
	return nil
}
