package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/goal-search/goal-search/internal/coordinator"
	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/internal/worker"
	"github.com/goal-search/goal-search/study"
)

// progress tells people how a study advances: a line for every finished trial
// and, on a terminal, a last line that is kept up to date.
type progress struct {
	mu       sync.Mutex
	out      *statusWriter
	study    study.Study
	epochs   int                                                 // of a trial, unless they are searched
	standing func(context.Context) (coordinator.Standing, error) // set by start

	begun      time.Time
	doneBefore int // trials finished when this process began
	now        coordinator.Standing
	running    map[int]int // last epoch by trial number, -1 before the first
	idleSince  time.Time   // nothing has been running here since
	saidIdle   bool
	notice     string // in place of the time left
}

func newProgress(w io.Writer, s study.Study) (*progress, error) {
	c, err := objective.DecodeConfig(s.Spec.Objective)
	if err != nil {
		return nil, err
	}
	return &progress{
		out: newStatusWriter(w), study: s, epochs: c.Epochs,
		begun: time.Now(), idleSince: time.Now(), running: make(map[int]int),
	}, nil
}

// refreshInterval is how often the last line is brought up to date.
const refreshInterval = time.Second

// start introduces the study and keeps the last line up to date until the
// function that it returns is called.
func (p *progress) start(ctx context.Context, s interface {
	Standing(context.Context) (coordinator.Standing, error)
}, j joined, workers int) (stop func()) {
	p.standing = s.Standing
	p.doneBefore = j.finished
	p.now = coordinator.Standing{Finished: j.finished, Trials: j.study.Budget.Trials}
	p.out.line(introduction(j, p.epochs, workers))
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(refreshInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				p.tick()
			}
		}
	}()
	return func() {
		cancel()
		<-done
		p.out.status("")
	}
}

// notify follows the worker.
func (p *progress) notify(e worker.Event) {
	if e.Kind == worker.Finished {
		p.finished(e.Trial)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e.Kind {
	case worker.Taken:
		p.running[e.Trial.Number] = -1
	case worker.Resumed:
		p.running[e.Trial.Number] = e.Checkpoint.Epoch
	case worker.NotKept:
		p.out.line(fmt.Sprintf("trial %d: its state is not kept: %v", e.Trial.Number, e.Err))
	case worker.Measured:
		p.running[e.Trial.Number] = e.Measurement.Epoch
	case worker.HandedBack:
		p.forget(e.Trial.Number)
	case worker.LeaseLost:
		p.forget(e.Trial.Number)
		p.out.line(fmt.Sprintf("trial %d went to another process: this one was silent for too long", e.Trial.Number))
	}
	p.out.status(p.statusLine())
}

func (p *progress) finished(t study.Trial) {
	standing, err := p.standing(context.Background())
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(t.Number)
	if err == nil && standing.Finished > p.now.Finished {
		p.now = standing
	}
	p.out.line(p.trialLine(t))
	p.out.status(p.statusLine())
}

func (p *progress) forget(number int) {
	delete(p.running, number)
	p.idleSince = time.Now()
}

// tick also says why nothing happens, when trials of other processes are all
// that is left.
func (p *progress) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := p.now.Trials - p.now.Finished
	if !p.saidIdle && len(p.running) == 0 && left > 0 && time.Since(p.idleSince) > 2*refreshInterval {
		p.saidIdle = true
		p.out.line(fmt.Sprintf("Waiting for %s of other processes; if one has died, for %s at most.",
			count(left, "trial"), duration(leaseTTL)))
	}
	p.out.status(p.statusLine())
}

// draining tells what the first Ctrl-C does.
func (p *progress) draining() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notice = "stopping"
	p.out.line(fmt.Sprintf("Finishing %s, then stopping. Ctrl-C again leaves at once.",
		count(len(p.running), "running trial")))
	p.out.status(p.statusLine())
}

// leaving tells what the second one does.
func (p *progress) leaving() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notice = "leaving"
	p.out.line(fmt.Sprintf("Handing back %s.", count(len(p.running), "running trial")))
}

func (p *progress) printf(format string, args ...any) { p.out.line(fmt.Sprintf(format, args...)) }

func (p *progress) elapsed() time.Duration { return time.Since(p.begun) }
