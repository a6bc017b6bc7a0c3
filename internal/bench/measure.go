package bench

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// Options say what is measured.
type Options struct {
	Config  trainer.Config // Epochs are those of the trial
	Set     *dataset.Set
	Cores   int                   // how many trials run at once
	Threads int                   // of one trial on several cores
	Rounds  int                   // how often everything is measured
	Status  func(round, last int) // called before each
}

// Measure trains networks for some epochs and tells how long that takes. What
// is compared is measured in turns, so that the machine's other work is shared
// fairly.
func Measure(ctx context.Context, o Options) (Report, error) {
	m, err := newMeasurement(ctx, o)
	if err != nil {
		return Report{}, err
	}
	for round := range o.Rounds + 1 { // the first warms up: weights have to leave their start
		o.Status(round, o.Rounds)
		if err := m.round(ctx); err != nil {
			return Report{}, err
		}
		if round == 0 {
			m.forget()
		}
	}
	return m.report(), nil
}

// measurement is a Measure under way.
type measurement struct {
	options  Options
	profile  trainer.Profile
	runs     []*trainer.Run // on one core each; the first has the profile
	threaded *trainer.Run   // on several; nil for none
	atOnce   []int          // how many trials, ascending from 1
	seconds  [][]float64    // of an epoch, by atOnce and round
	threads  []float64      // of an epoch of threaded, by round
}

func newMeasurement(ctx context.Context, o Options) (*measurement, error) {
	m := &measurement{options: o, atOnce: []int{1, min(2, o.Cores), o.Cores}}
	m.atOnce = slices.Compact(m.atOnce)
	c := o.Config
	c.Epochs = o.Rounds * (len(m.atOnce) + 2) * 2 // more than will be trained
	run := func(options trainer.Options) (r *trainer.Run, err error) {
		if r, err = trainer.NewRun(c, o.Set, options); err == nil {
			_, err = r.NextEpoch(ctx) // epoch 0, without update
		}
		return r, err
	}
	profile := &m.profile
	for range o.Cores {
		r, err := run(trainer.Options{Profile: profile})
		if err != nil {
			return nil, err
		}
		m.runs = append(m.runs, r)
		profile = nil
	}
	var err error
	if o.Threads > 1 {
		m.threaded, err = run(trainer.Options{Threads: o.Threads})
	}
	m.forget()
	return m, err
}

// forget drops all times.
func (m *measurement) forget() {
	m.profile = trainer.Profile{}
	m.seconds, m.threads = make([][]float64, len(m.atOnce)), nil
}

// round trains an epoch each way.
func (m *measurement) round(ctx context.Context) error {
	for i, n := range m.atOnce {
		before := m.profile
		seconds, err := together(ctx, m.runs[:n])
		if err != nil {
			return err
		}
		m.seconds[i] = append(m.seconds[i], seconds)
		if n > 1 {
			m.profile = before // stages are those of one alone
		}
	}
	if m.threaded == nil {
		return nil
	}
	e, err := m.threaded.NextEpoch(ctx)
	m.threads = append(m.threads, e.Seconds)
	return err
}

// together trains an epoch of all runs at once and returns how long it takes.
func together(ctx context.Context, runs []*trainer.Run) (seconds float64, err error) {
	errs := make([]error, len(runs))
	start := time.Now()
	var wait sync.WaitGroup
	for i, r := range runs {
		wait.Go(func() { _, errs[i] = r.NextEpoch(ctx) })
	}
	wait.Wait()
	return time.Since(start).Seconds(), errors.Join(errs...)
}

// report computes the medians.
func (m *measurement) report() Report {
	c := m.options.Config
	train, validation := dataset.Split(m.options.Set.Train.Len(), c.ValidationFraction, c.Seed)
	alone := median(m.seconds[0])
	r := Report{
		Kernel: trainer.KernelPath(), Cores: m.options.Cores, Network: c.Network, Hidden: c.Hidden, BatchSize: c.BatchSize,
		DataSet: m.options.Set.Name, TrainImages: len(train), ValidationImages: len(validation),
		Step: m.step(), EpochSeconds: alone, EvaluationSeconds: median(m.profile.Validation).Seconds(), Peak: peaks(),
		AtOnce: []AtOnce{}, Threads: []Threads{},
	}
	for i, n := range m.atOnce {
		epoch := median(m.seconds[i])
		r.AtOnce = append(r.AtOnce, AtOnce{n, epoch, epoch / alone})
		r.Trial = Trial{c.Epochs, float64(c.Epochs+1) * alone, float64(n) * 3600 / (float64(c.Epochs+1) * epoch)}
	}
	if m.threaded != nil {
		epoch := median(m.threads)
		r.Threads = append(r.Threads, Threads{m.options.Threads, epoch, alone / epoch})
	}
	return r
}

// step returns the times of a training step.
func (m *measurement) step() Step {
	times := make([]time.Duration, len(m.profile.Steps))
	medianOf := func(value func(*trainer.StepTimes) time.Duration) float64 {
		for i := range m.profile.Steps {
			times[i] = value(&m.profile.Steps[i])
		}
		return median(times).Seconds() * 1e3
	}
	s := Step{Milliseconds: medianOf((*trainer.StepTimes).Whole)}
	for stage := range trainer.Stages {
		s.Stages = append(s.Stages, Stage{stage.String(), medianOf(func(t *trainer.StepTimes) time.Duration { return t[stage] })})
	}
	return s
}

// median returns the middle one, or the larger of two.
func median[T float64 | time.Duration](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
