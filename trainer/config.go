package trainer

import (
	"fmt"
	"strings"

	"github.com/goal-search/goal-search/pid"
)

// Config is everything that determines a trained network, beside its data set
// and the kernel path: two runs with equal Config end with equal weights,
// whatever the number of threads.
type Config struct {
	Network string `json:"network" yaml:"network"` // one of Networks()
	Hidden  int    `json:"hidden" yaml:"hidden"`   // neurons of the hidden layer
	// MaxConnections is how many lateral connections a hidden neuron has at
	// most, in networks that limit them; 0 is the published 100 there, and the
	// only choice elsewhere.
	MaxConnections     int     `json:"max_connections,omitempty" yaml:"max_connections,omitempty"`
	Epochs             int     `json:"epochs" yaml:"epochs"` // with updates; epoch 0 without update comes before them
	BatchSize          int     `json:"batch_size" yaml:"batch_size"`
	ValidationFraction float64 `json:"validation_fraction" yaml:"validation_fraction"` // of the training images
	Seed               uint64  `json:"seed" yaml:"seed"`

	// Goal holds γ of the hidden neurons: an entry for every atom in the
	// lattice's order, then the residual entropy's.
	Goal       []float64 `json:"goal" yaml:"goal"`
	OutputGoal []float64 `json:"output_goal" yaml:"output_goal"` // γ of the output neurons

	LearningRate       float64 `json:"learning_rate" yaml:"learning_rate"` // Adam, hidden layer
	WeightDecay        float64 `json:"weight_decay" yaml:"weight_decay"`   // L2 term in the gradient
	OutputLearningRate float64 `json:"output_learning_rate" yaml:"output_learning_rate"`
	OutputWeightDecay  float64 `json:"output_weight_decay" yaml:"output_weight_decay"`
}

// DefaultConfig returns the published settings (paper, Table 1) of setup 1
// with 100 hidden neurons, 100 epochs and the authors' seed; the goal is left
// to the caller.
func DefaultConfig() Config {
	return Config{
		Network:            "setup1",
		Hidden:             100,
		Epochs:             100,
		BatchSize:          1024,
		ValidationFraction: 0.2,
		Seed:               30,
		OutputGoal:         []float64{-0.2, 0.1, 1, 0.1, 0},
		LearningRate:       0.002,
		WeightDecay:        0.00035,
		OutputLearningRate: 0.003,
		OutputWeightDecay:  0.00015,
	}
}

// Validate tells whether a network can be trained so. The error names the
// field, its value and what would be valid.
func (c Config) Validate() error {
	if _, ok := architectures[c.Network]; !ok {
		return fmt.Errorf("network %q: want one of %s", c.Network, strings.Join(Networks(), ", "))
	}
	if c.MaxConnections != 0 && !architectures[c.Network].limitsConnections() {
		return fmt.Errorf("max_connections %d: network %s has all connections; want 0", c.MaxConnections, c.Network)
	}
	whole := []struct {
		name  string
		value int
		least int
		most  int
	}{
		{"hidden", c.Hidden, 1, 100_000},
		{"max_connections", c.MaxConnections, 0, 100_000},
		{"epochs", c.Epochs, 0, 1_000_000},
		{"batch_size", c.BatchSize, 1, 1<<16 - 1},
	}
	for _, w := range whole {
		if w.value < w.least || w.value > w.most {
			return fmt.Errorf("%s %d: want %d to %d", w.name, w.value, w.least, w.most)
		}
	}
	real := []struct {
		name  string
		value float64
		most  float64
	}{
		{"validation_fraction", c.ValidationFraction, 1},
		{"learning_rate", c.LearningRate, 1e6},
		{"weight_decay", c.WeightDecay, 1e6},
		{"output_learning_rate", c.OutputLearningRate, 1e6},
		{"output_weight_decay", c.OutputWeightDecay, 1e6},
	}
	for _, r := range real {
		if !(r.value >= 0 && r.value <= r.most) {
			return fmt.Errorf("%s %g: want 0 to %g", r.name, r.value, r.most)
		}
	}
	a := architectures[c.Network]
	if err := checkGoal("goal", c.Goal, len(a.hidden.sources)); err != nil {
		return err
	}
	return checkGoal("output_goal", c.OutputGoal, len(a.output.sources))
}

// withDefaults returns the configuration with what 0 stands for.
func (c Config) withDefaults() Config {
	if c.MaxConnections == 0 && architectures[c.Network].limitsConnections() {
		c.MaxConnections = publishedConnections
	}
	return c
}

func checkGoal(field string, gamma []float64, sources int) error {
	goal, err := pid.NewGoal(gamma)
	if err != nil {
		return fmt.Errorf("%s: %w", field, err)
	}
	if got := goal.Lattice().Sources(); got != sources {
		return fmt.Errorf("%s: %d parameters are a goal of %d sources, but the neurons have %d", field, len(gamma), got, sources)
	}
	return nil
}
