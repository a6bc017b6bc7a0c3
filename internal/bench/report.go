package bench

// Report is what Measure found. Times are medians.
type Report struct {
	Kernel    string `json:"kernel"` // the path, as recorded with every trial
	Cores     int    `json:"cores"`
	Network   string `json:"network"`
	Hidden    int    `json:"hidden"`
	BatchSize int    `json:"batch_size"`

	DataSet          string `json:"dataset"`
	TrainImages      int    `json:"train_images"` // of an epoch
	ValidationImages int    `json:"validation_images"`

	Step              Step    `json:"step"`               // on one core, as all that follows but Threads
	EpochSeconds      float64 `json:"epoch_seconds"`      // with its validation
	EvaluationSeconds float64 `json:"evaluation_seconds"` // of the validation images
	Trial             Trial   `json:"trial"`
	// AtOnce is what several trials at once take, each on a core of its own,
	// and Threads what one trial takes on several cores.
	AtOnce  []AtOnce  `json:"at_once"`
	Threads []Threads `json:"threads"`
	Peak    Peak      `json:"peak"`
}

// Step is the time of a training step.
type Step struct {
	Milliseconds float64 `json:"milliseconds"`
	Stages       []Stage `json:"stages"`
}

// Stage is a part of a step. Since all are medians, they need not add up to
// the step.
type Stage struct {
	Name         string  `json:"name"`
	Milliseconds float64 `json:"milliseconds"`
}

// Trial is a whole trial, computed from the time of an epoch: epoch 0, which
// is without update, and as many others.
type Trial struct {
	Epochs  int     `json:"epochs"`
	Seconds float64 `json:"seconds"`
	// PerHour is how many trials an hour has, with one on each core.
	PerHour float64 `json:"per_hour"`
}

// AtOnce is an epoch of each of several networks.
type AtOnce struct {
	Trials       int     `json:"trials"`
	EpochSeconds float64 `json:"epoch_seconds"`
	Slowdown     float64 `json:"slowdown"` // to one alone
}

// Threads is an epoch of one network on several cores.
type Threads struct {
	Threads      int     `json:"threads"`
	EpochSeconds float64 `json:"epoch_seconds"`
	Speedup      float64 `json:"speedup"` // to one core
}

// Peak is what one core reaches where nothing holds it up.
type Peak struct {
	// GFLOPS is the rate of the products' kernel, with its matrix in the first
	// cache.
	GFLOPS float64 `json:"gflops"`
	// CopyGBs is how many 10^9 bytes a second are copied in memory.
	CopyGBs float64 `json:"copy_gb_per_second"`
}
