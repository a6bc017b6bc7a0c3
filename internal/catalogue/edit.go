package catalogue

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Edit changes one γ of a goal, as the authors do in their ablations:
// γ becomes Scale γ + Shift.
type Edit struct {
	Term         int // in the order of the goal
	Scale, Shift float64
}

// ParseEdit reads "{F}{C}=0.5" (set), "{F}{C}*=1.1" (scale) or "{F}{C}+=-0.1"
// (shift), with the letters of a family or digits.
func ParseEdit(familyName, text string) (Edit, error) {
	f, err := familyOf(familyName)
	if err != nil {
		return Edit{}, err
	}
	name, value, found := strings.Cut(text, "=")
	if !found {
		return Edit{}, fmt.Errorf("gamma %q: want ATOM=VALUE, ATOM*=FACTOR or ATOM+=DIFFERENCE", text)
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return Edit{}, fmt.Errorf("gamma %q: %q is no finite number", text, value)
	}
	edit := Edit{Shift: v}
	if scaled, ok := strings.CutSuffix(name, "*"); ok {
		name, edit = scaled, Edit{Scale: v}
	} else if shifted, ok := strings.CutSuffix(name, "+"); ok {
		name, edit = shifted, Edit{Scale: 1, Shift: v}
	}
	if edit.Term, err = f.term(strings.TrimSpace(name)); err != nil {
		return Edit{}, fmt.Errorf("gamma %q: %w", text, err)
	}
	return edit, nil
}

// Apply changes the goal in place.
func (e Edit) Apply(gamma []float64) {
	gamma[e.Term] = e.Scale*gamma[e.Term] + e.Shift
}
