package trainer

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/trainer/dataset/datasettest"
)

// benchmarkSizes are the networks that are timed.
var benchmarkSizes = []struct {
	network string
	hidden  int
}{
	{"setup1", 100},
	{"setup1", 500},
	{"setup1", 2000},
	{"setup2", 500},
	{"setup2", 2000},
}

// stepper takes training steps with batches of 1024 MNIST images, from weights
// that were trained for an epoch: before, neurons occupy few cells.
type stepper struct {
	*Run
	batches [][]int32
	taken   int
}

func newStepper(b *testing.B, network string, hidden, threads int) *stepper {
	b.Helper()
	c := DefaultConfig()
	c.Network, c.Hidden, c.Goal = network, hidden, loadTrace(b, "trace_trained").Goal
	r, err := NewRun(c, datasettest.MNIST(b), Options{Threads: threads})
	if err != nil {
		b.Fatal(err)
	}
	s := &stepper{Run: r, batches: split(r.train, c.BatchSize)}
	s.batches = s.batches[:len(s.batches)-1] // the last one is shorter
	for range s.batches {
		s.step()
	}
	return s
}

func (s *stepper) step() {
	chosen := s.batches[s.taken%len(s.batches)]
	n := s.network
	n.train(n.load(s.set.Train, chosen, true), s.labelsOf(s.set.Train, chosen), randomDrawer{uint64(s.taken)}, true)
	s.taken++
}

// measure times steps and reports the time of the processor beside that of the
// wall: on a busy machine it says more.
func (s *stepper) measure(b *testing.B) {
	b.ReportAllocs()
	start := cpuTime()
	for b.Loop() {
		s.step()
	}
	b.ReportMetric(float64((cpuTime()-start).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

// BenchmarkStep is one training step on one core, by size and path.
func BenchmarkStep(b *testing.B) {
	for _, size := range benchmarkSizes {
		b.Run(fmt.Sprintf("network=%s/hidden=%d", size.network, size.hidden), func(b *testing.B) {
			s := newStepper(b, size.network, size.hidden, 1)
			for _, path := range kernel.Available() {
				b.Run(fmt.Sprintf("path=%s", path), func(b *testing.B) {
					defer kernel.Use(kernel.Use(path))
					s.measure(b)
				})
			}
		})
	}
}

// BenchmarkStepThreads is one training step by the number of cores.
func BenchmarkStepThreads(b *testing.B) {
	for _, size := range benchmarkSizes {
		for threads := 1; threads <= runtime.GOMAXPROCS(0); threads *= 2 {
			b.Run(fmt.Sprintf("network=%s/hidden=%d/threads=%d", size.network, size.hidden, threads), func(b *testing.B) {
				newStepper(b, size.network, size.hidden, threads).measure(b)
			})
		}
	}
}

// BenchmarkStages is one training step of 100 neurons, told apart by stages:
// medians, which the machine's other work hardly moves.
func BenchmarkStages(b *testing.B) {
	s := newStepper(b, "setup1", 100, 1)
	for _, path := range kernel.Available() {
		b.Run(fmt.Sprintf("path=%s", path), func(b *testing.B) {
			defer kernel.Use(kernel.Use(path))
			var p Profile
			for b.Loop() {
				p.startStep(s.network.clock)
				s.step()
				p.endStep(s.network.clock)
			}
			for stage := range Stages {
				b.ReportMetric(float64(p.median(stage).Nanoseconds()), fmt.Sprintf("%d-ns", stage))
			}
		})
	}
}

// median is that of all steps.
func (p *Profile) median(s Stage) time.Duration {
	times := make([]time.Duration, len(p.Steps))
	for i, step := range p.Steps {
		times[i] = step[s]
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// BenchmarkEpoch trains one epoch of 100 neurons on 48,000 images and
// evaluates 12,000.
func BenchmarkEpoch(b *testing.B) {
	s := newStepper(b, "setup1", 100, 1)
	s.config.Epochs = 1 << 19
	for b.Loop() {
		if _, err := s.NextEpoch(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEvaluation evaluates 12,000 images with 100 neurons.
func BenchmarkEvaluation(b *testing.B) {
	s := newStepper(b, "setup1", 100, 1)
	for b.Loop() {
		if _, err := s.Validate(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
