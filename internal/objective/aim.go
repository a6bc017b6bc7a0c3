package objective

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Aim is one of a goal's demands on the neuron, in the words of the paper's
// Table 3.
type Aim struct {
	Term        string  `json:"term"` // {F}{C}, …, H_res
	Gamma       float64 `json:"gamma"`
	Strength    string  `json:"strength"`    // strongly, moderately, slightly
	Direction   string  `json:"direction"`   // maximise, minimise
	Information string  `json:"information"` // what it is information of
}

// How large |γ| is, against 1 or the goal's largest, to be called so. Table 3
// calls 0.33 moderate.
const (
	stronglyFrom   = 0.65
	moderatelyFrom = 0.25
	slightlyFrom   = 0.05
)

// Aims returns the goal's demands with the largest |γ|, at most that many,
// strongest first. It says what the neuron is told to do; which demands matter
// for the accuracy only an ablation can tell.
func Aims(network string, goal []float64, most int) ([]Aim, error) {
	names, err := TermNames(network)
	if err != nil {
		return nil, err
	}
	if len(goal) != len(names) {
		return nil, fmt.Errorf("goal of %d γ: network %s wants %d", len(goal), network, len(names))
	}
	_, letters, _ := lattice(network)
	scale := 1.0
	for _, gamma := range goal {
		scale = max(scale, math.Abs(gamma))
	}
	var aims []Aim
	for i, gamma := range goal {
		if strength := strengthOf(math.Abs(gamma) / scale); strength != "" {
			aims = append(aims, Aim{names[i], gamma, strength, directionOf(gamma), information[letters][names[i]]})
		}
	}
	slices.SortStableFunc(aims, func(a, b Aim) int { return cmp.Compare(math.Abs(b.Gamma), math.Abs(a.Gamma)) })
	return aims[:min(most, len(aims))], nil
}

func strengthOf(size float64) string {
	switch {
	case size >= stronglyFrom:
		return "strongly"
	case size >= moderatelyFrom:
		return "moderately"
	case size >= slightlyFrom:
		return "slightly"
	}
	return ""
}

func directionOf(gamma float64) string {
	if gamma < 0 {
		return "minimise"
	}
	return "maximise"
}

// Sentence says the aims as the paper does in its interpretation: "A neuron
// should (i) strongly maximise …; and (ii) …".
func Sentence(aims []Aim) string {
	if len(aims) == 0 {
		return "A neuron has nothing to aim for: every γ is about zero."
	}
	parts := make([]string, len(aims))
	for i, a := range aims {
		parts[i] = fmt.Sprintf("(%s) %s %s %s (γ%s = %+.2f)", roman(i+1), a.Strength, a.Direction, a.Information, symbol(a.Term), a.Gamma)
	}
	last := len(parts) - 1
	if last > 0 {
		parts[last] = "and " + parts[last]
	}
	return "A neuron should " + strings.Join(parts, "; ") + "."
}

// symbol is the index of γ: {F}{C}, or _res.
func symbol(term string) string {
	if strings.HasPrefix(term, "{") {
		return term
	}
	return "_" + residualShort
}

// roman writes 1 to 8, and larger numbers in digits.
func roman(n int) string {
	numerals := []string{"", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii"}
	if n < len(numerals) {
		return numerals[n]
	}
	return fmt.Sprint(n)
}
