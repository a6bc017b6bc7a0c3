package objective

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/goal-search/goal-search/pid"
	"github.com/goal-search/goal-search/trainer"
)

const (
	gammaPrefix   = "gamma_"
	residualShort = "res"
	// ResidualGamma is the name of the parameter that weighs the residual
	// entropy.
	ResidualGamma = gammaPrefix + residualShort
)

// setting is one of the trainer's that can be searched.
type setting struct {
	name    string // as in trainer.Config's JSON
	integer bool
	set     func(*trainer.Config, float64)
}

// settings leaves out what would make the values of two trials incomparable:
// the seed and the validation split.
var settings = []setting{
	{"learning_rate", false, func(c *trainer.Config, v float64) { c.LearningRate = v }},
	{"weight_decay", false, func(c *trainer.Config, v float64) { c.WeightDecay = v }},
	{"output_learning_rate", false, func(c *trainer.Config, v float64) { c.OutputLearningRate = v }},
	{"output_weight_decay", false, func(c *trainer.Config, v float64) { c.OutputWeightDecay = v }},
	{"hidden", true, func(c *trainer.Config, v float64) { c.Hidden = int(v) }},
	{"epochs", true, func(c *trainer.Config, v float64) { c.Epochs = int(v) }},
	{"batch_size", true, func(c *trainer.Config, v float64) { c.BatchSize = int(v) }},
}

func settingOf(name string) (setting, bool) {
	i := slices.IndexFunc(settings, func(s setting) bool { return s.name == name })
	if i < 0 {
		return setting{}, false
	}
	return settings[i], true
}

// lattice returns the lattice of a network's sources and their letters.
func lattice(network string) (*pid.Lattice, string, error) {
	letters := trainer.SourceLetters(network)
	if letters == "" {
		return nil, "", fmt.Errorf("network %q: want one of %s", network, strings.Join(trainer.Networks(), ", "))
	}
	l, err := pid.LatticeOf(len(letters))
	if err != nil {
		return nil, "", fmt.Errorf("network %s: %w", network, err)
	}
	return l, letters, nil
}

// TermNames returns the names of a network's information terms in the order
// of every goal: {F}{C}{L}, …, H_res.
func TermNames(network string) ([]string, error) {
	l, letters, err := lattice(network)
	if err != nil {
		return nil, err
	}
	return l.TermNames(letters), nil
}

// GammaNames returns the names of the parameters that make up the goal of a
// network's neurons, in the goal's order.
func GammaNames(network string) ([]string, error) {
	names, err := TermNames(network)
	for i, name := range names {
		names[i] = gammaPrefix + strings.Replace(name, pid.ResidualEntropy, residualShort, 1)
	}
	return names, err
}

// Resolve returns the name of the parameter that a user means: γ may go
// without their prefix, and the sets of an antichain and the sources in them
// in any order or by their numbers. The error lists the valid names.
func Resolve(network, name string) (string, error) {
	if _, ok := settingOf(name); ok {
		return name, nil
	}
	l, letters, err := lattice(network)
	if err != nil {
		return "", err
	}
	short := strings.TrimPrefix(name, gammaPrefix)
	if short == residualShort || short == pid.ResidualEntropy {
		return ResidualGamma, nil
	}
	if a, err := pid.ParseAntichain(short, letters); err == nil {
		if i := l.Index(a); i >= 0 {
			return gammaPrefix + l.Antichain(i).Letters(letters), nil
		}
	}
	return "", fmt.Errorf("parameter %q: want one of %s", name, strings.Join(parameterNames(network), ", "))
}

func parameterNames(network string) []string {
	names, err := GammaNames(network)
	if err != nil {
		return nil
	}
	for _, s := range settings {
		names = append(names, s.name)
	}
	return names
}

// IsInteger tells whether only whole numbers make sense for the parameter.
func IsInteger(name string) bool {
	s, ok := settingOf(name)
	return ok && s.integer
}

func isWhole(v float64) bool { return v == math.Trunc(v) && math.Abs(v) < 1<<31 }
