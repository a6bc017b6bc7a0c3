package trainer

import "time"

// Stage is a part of a training step.
type Stage int

// The stages of a training step, in the order of a report. What the hidden
// layer does is told apart; the output layer is one stage.
const (
	LoadImages       Stage = iota // the batch's, and pixels by position where products take all
	ForwardProducts               // of the hidden layer's image and label
	LateralProducts               // of its own outputs, forward and backward
	Activation                    // forward and backward
	Sampling                      // and the lists of who fires
	Binning                       // of the three fields
	Information                   // histogram, PID and its gradient
	BackwardProducts              // of image and label
	Optimiser                     // of the hidden layer's weights
	OutputLayer                   // everything of the output layer, and the accuracy

	Stages // how many there are
)

// String returns the stage's name as reports have it.
func (s Stage) String() string {
	return [...]string{
		"load images", "products forward", "lateral products", "activation", "sampling",
		"binning", "histogram and PID", "products backward", "Adam", "output layer",
	}[s]
}

// Profile is where the time of a Run goes. It serves one Run.
type Profile struct {
	Steps      []StepTimes     // of each training step with update
	Validation []time.Duration // of each epoch
}

// StepTimes is how long each stage of one training step took.
type StepTimes [Stages]time.Duration

// Whole returns the time of the whole step.
func (s *StepTimes) Whole() time.Duration {
	var sum time.Duration
	for _, d := range s {
		sum += d
	}
	return sum
}

// productStages are what the products of a source are charged to.
type productStages struct{ forward, backward Stage }

func (o origin) stages() productStages {
	if o == fromLayer {
		return productStages{LateralProducts, LateralProducts}
	}
	return productStages{ForwardProducts, BackwardProducts}
}

// startStep begins to measure a training step, unless p is nil.
func (p *Profile) startStep(c *clock) {
	if p != nil {
		*c = clock{on: true, last: time.Now()}
	}
}

// endStep notes the step that was begun, if one was.
func (p *Profile) endStep(c *clock) {
	if c.on {
		p.Steps = append(p.Steps, c.step)
		c.on = false
	}
}

// validated notes how long a validation took, unless p is nil.
func (p *Profile) validated(d time.Duration) {
	if p != nil {
		p.Validation = append(p.Validation, d)
	}
}

// clock charges time to the stages of a training step. The zero clock is off
// and costs next to nothing.
type clock struct {
	on   bool
	last time.Time
	step StepTimes
}

// lap charges the time since the last lap to a stage.
func (c *clock) lap(s Stage) {
	if c.on {
		now := time.Now()
		c.step[s] += now.Sub(c.last)
		c.last = now
	}
}
