package trainer

// Config is everything that determines a trained network, beside its data set
// and the kernel path: two runs with equal Config end with equal weights,
// whatever the number of threads.
type Config struct {
	Network            string  `json:"network" yaml:"network"` // one of Networks()
	Hidden             int     `json:"hidden" yaml:"hidden"`   // neurons of the hidden layer
	Epochs             int     `json:"epochs" yaml:"epochs"`   // with updates; epoch 0 without update comes before them
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
