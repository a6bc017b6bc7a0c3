package trainer

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"

	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/pid"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// Options are the settings of a Run that do not change its result.
type Options struct {
	Threads int      // cores to use; 0 or 1 is one
	Profile *Profile // where to note what takes how long; nil for not at all
}

// Epoch is what one pass over the training images gave.
type Epoch struct {
	Epoch int `json:"epoch"` // from 0, which is without update
	// TrainAccuracy is measured while the weights move, with labels present
	// as context; ValidationAccuracy afterwards, with labels withheld. Both are
	// plain means over the batches, from 0 to 1.
	TrainAccuracy      float64 `json:"train_accuracy"`
	ValidationAccuracy float64 `json:"validation_accuracy"`
	// Goal is γ·Terms, and Terms the information terms of the hidden neurons,
	// in bits: means over batches and neurons.
	Goal    float64   `json:"goal"`
	Terms   []float64 `json:"terms"`
	Seconds float64   `json:"seconds"`
}

// Run is the training of one network: epoch 0 without update, then
// Config.Epochs with. It serves one goroutine at a time; many runs can share a
// data set.
type Run struct {
	config     Config
	set        *dataset.Set
	network    *network
	profile    *Profile
	train      []int32
	validation []int32
	labels     []byte // of the batch at hand
	next       int    // epoch
	failed     error
}

// NewRun prepares a run: it splits the training images and draws the weights,
// both from the seed.
func NewRun(c Config, set *dataset.Set, o Options) (*Run, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	r := &Run{config: c, set: set, profile: o.Profile}
	r.train, r.validation = dataset.Split(set.Train.Len(), c.ValidationFraction, c.Seed)
	if len(r.train) == 0 || len(r.validation) == 0 {
		return nil, fmt.Errorf("validation_fraction %g of %d images leaves %d to train and %d to validate: want some of both",
			c.ValidationFraction, set.Train.Len(), len(r.train), len(r.validation))
	}
	var err error
	r.network, err = newNetwork(c, set.Train.Size(), set.Normalization, o.Threads)
	return r, err
}

// KernelPath names the arithmetic that the weights depend on beside Config and
// data set: one path gives the same bits everywhere.
func KernelPath() string {
	if kernel.Current() == kernel.Generic {
		return string(kernel.Generic) + "-" + runtime.GOARCH // compilers fuse products and sums differently
	}
	return string(kernel.Current())
}

// Config returns the run's configuration.
func (r *Run) Config() Config { return r.config }

// SetEpochs changes how many epochs are trained in all. It cannot be fewer than
// are over already.
func (r *Run) SetEpochs(epochs int) error {
	c := r.config
	c.Epochs = epochs
	if err := c.Validate(); err != nil {
		return err
	}
	if epochs < r.next-1 {
		return fmt.Errorf("epochs %d: %d are over already", epochs, r.next-1)
	}
	r.config = c
	return nil
}

// Done tells whether all epochs are over.
func (r *Run) Done() bool { return r.next > r.config.Epochs }

// Next returns the epoch that NextEpoch would train.
func (r *Run) Next() int { return r.next }

// NextEpoch trains the next epoch and validates. After an error, of which ctx
// being cancelled is one, the run cannot go on; what Save wrote before can.
func (r *Run) NextEpoch(ctx context.Context) (Epoch, error) {
	if r.failed == nil && r.Done() {
		return Epoch{}, fmt.Errorf("all %d epochs are over", r.config.Epochs)
	}
	if r.failed != nil {
		return Epoch{}, r.failed
	}
	start := time.Now()
	e := Epoch{Epoch: r.next, Terms: make([]float64, pid.Trivariate.Terms())}
	if r.failed = r.trainEpoch(ctx, &e); r.failed != nil {
		return Epoch{}, r.failed
	}
	validation := time.Now()
	if e.ValidationAccuracy, r.failed = r.evaluate(ctx, r.set.Train, r.validation, purposeValidation, r.next); r.failed != nil {
		return Epoch{}, r.failed
	}
	r.profile.validated(time.Since(validation))
	e.Seconds = time.Since(start).Seconds()
	r.next++
	return e, nil
}

// trainEpoch passes once over the training images in the epoch's order.
func (r *Run) trainEpoch(ctx context.Context, e *Epoch) error {
	order := make([]int32, len(r.train))
	dataset.Shuffle(order, r.train, r.config.Seed, dataset.TrainStream, e.Epoch)
	batches := split(order, r.config.BatchSize)
	for i, chosen := range batches {
		if err := ctx.Err(); err != nil {
			return err
		}
		learn := e.Epoch > 0
		draw := randomDrawer{mix(r.config.Seed, purposeTraining, uint64(e.Epoch), uint64(i))}
		if learn {
			r.profile.startStep(r.network.clock)
		}
		b := r.network.train(r.network.load(r.set.Train, chosen, learn), r.labelsOf(r.set.Train, chosen), draw, learn)
		r.profile.endStep(r.network.clock)
		e.TrainAccuracy += b.accuracy / float64(len(batches))
		e.Goal += b.hiddenGoal / float64(r.config.Hidden*len(batches))
		r.network.hidden.meanTerms(e.Terms)
	}
	for i := range e.Terms {
		e.Terms[i] /= float64(len(batches))
	}
	if math.IsNaN(e.Goal) || math.IsInf(e.Goal, 0) {
		return fmt.Errorf("%w: the goal is %g in epoch %d", ErrDiverged, e.Goal, e.Epoch)
	}
	return r.network.checkFinite()
}

// Validate returns the accuracy on the validation images, as the last epoch
// reported it.
func (r *Run) Validate(ctx context.Context) (float64, error) {
	return r.evaluate(ctx, r.set.Train, r.validation, purposeValidation, max(r.next-1, 0))
}

// Evaluate returns the accuracy on images that the run was not trained on,
// with labels withheld: the mean over batches, from 0 to 1. Neurons fire at
// random, from a stream that depends on the seed and the epochs trained.
func (r *Run) Evaluate(ctx context.Context, images *dataset.Images) (float64, error) {
	if images.Size() != r.set.Train.Size() {
		return 0, fmt.Errorf("images of %d bytes: want %d, as in training", images.Size(), r.set.Train.Size())
	}
	all := make([]int32, images.Len())
	for i := range all {
		all[i] = int32(i)
	}
	return r.evaluate(ctx, images, all, purposeTest, r.next)
}

func (r *Run) evaluate(ctx context.Context, images *dataset.Images, chosen []int32, purpose uint64, epoch int) (float64, error) {
	stream := dataset.ValidationStream
	if purpose == purposeTest {
		stream = dataset.TestStream
	}
	order := make([]int32, len(chosen))
	dataset.Shuffle(order, chosen, r.config.Seed, stream, epoch)
	batches := split(order, r.config.BatchSize)
	var sum float64
	for i, chosen := range batches {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		draw := randomDrawer{mix(r.config.Seed, purpose, uint64(epoch), uint64(i))}
		sum += r.network.evaluate(r.network.load(images, chosen, false), r.labelsOf(images, chosen), draw)
	}
	return sum / float64(len(batches)), nil
}

// split cuts the order into batches; the last may be shorter.
func split(order []int32, size int) [][]int32 {
	var batches [][]int32
	for len(order) > size {
		batches = append(batches, order[:size])
		order = order[size:]
	}
	return append(batches, order)
}

// labelsOf returns the labels of the chosen images, until it is called again.
func (r *Run) labelsOf(images *dataset.Images, chosen []int32) []byte {
	r.labels = grow(r.labels, len(chosen))
	for b, i := range chosen {
		r.labels[b] = images.Labels[i]
	}
	return r.labels
}
