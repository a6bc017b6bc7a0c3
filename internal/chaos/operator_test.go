//go:build linux

package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/goal-search/goal-search/api/client"
	"github.com/goal-search/goal-search/study"
)

// operator is a person at a client: makes the study, watches it to its end,
// puts trials of its own into the queue, deletes the best one and lets the study
// pause, all over a line that breaks.
type operator struct {
	client *client.Client
	study  study.Study
	random *rand.Rand

	err      error         // why it gave up
	events   []study.Event // as they came
	enqueued map[int]study.Parameters
	deleted  map[int]bool
	pauses   int
}

// patience is how long the operator waits for a server to answer.
const patience = 3 * time.Minute

func newOperator(t *testing.T, address string, seed uint64) *operator {
	t.Helper()
	conn, err := client.New(address, client.Config{Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &operator{client: conn, random: rand.New(rand.NewPCG(seed, 1)), enqueued: make(map[int]study.Parameters), deleted: make(map[int]bool)}
}

func (o *operator) create(ctx context.Context, s study.Study) (err error) {
	o.study, err = o.client.CreateStudy(ctx, s)
	return err
}

// work lets the operator work; what it returns is closed in the end, when err
// is set.
func (o *operator) work(ctx context.Context) <-chan struct{} {
	complete := make(chan struct{})
	acts := make(chan int, 1)
	acted := make(chan error)
	go func() { acted <- o.act(ctx, acts) }()
	go func() {
		defer close(complete)
		err := o.watch(ctx, acts)
		o.err = errors.Join(err, <-acted)
	}()
	return complete
}

// errComplete ends the operator's watch.
var errComplete = errors.New("the study is complete")

// watch follows the study until it is complete, and tells acts how many trials
// have finished.
func (o *operator) watch(ctx context.Context, acts chan<- int) error {
	defer close(acts)
	finished := 0
	err := o.client.Watch(ctx, o.study.ID, study.Watch{}, func(w study.Watched) error {
		o.events = append(o.events, w.Event)
		switch {
		case w.Kind == study.TrialFinished:
			finished++
			select {
			case acts <- finished:
			default: // the operator is busy
			}
		case w.Kind == study.StateChanged && w.State == study.StudyCompleted:
			return errComplete
		}
		return nil
	})
	if errors.Is(err, errComplete) {
		return nil
	}
	return fmt.Errorf("watch: %w", err)
}

// Every so many finished trials the operator does something. It pauses no
// study that may be complete by the time the server hears of it.
const (
	enqueueEvery = 8
	deleteEvery  = 11
	pauseEvery   = 15
)

// act interferes while trials finish. In the end the budget is used up, which
// is no fault.
func (o *operator) act(ctx context.Context, acts <-chan int) error {
	for finished := range acts {
		var err error
		switch {
		case finished%pauseEvery == 0 && 3*finished <= o.study.Budget.Trials:
			err = o.pause(ctx)
		case finished%enqueueEvery == 0:
			err = o.enqueue(ctx)
		case finished%deleteEvery == 0:
			err = o.delete(ctx)
		}
		if err != nil && !errors.Is(err, study.ErrBudget) && !errors.Is(err, study.ErrEnded) {
			return err
		}
	}
	return nil
}

func (o *operator) enqueue(ctx context.Context) error {
	point := make(study.Parameters)
	for _, p := range o.study.Spec.Space.Free() {
		point[p.Name] = p.Low + o.random.Float64()*(p.High-p.Low)
	}
	point = o.study.Spec.Space.Complete(point)
	t, err := o.client.EnqueueTrial(ctx, o.study.ID, point, o.study.Spec.TrainerSeed)
	if err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	o.enqueued[t.Number] = point
	return nil
}

// delete takes out the best trial, from which the next suggestions learn most.
func (o *operator) delete(ctx context.Context) error {
	complete, err := o.client.Trials(ctx, o.study.ID, study.Filter{States: []study.TrialState{study.Complete}})
	if err != nil {
		return fmt.Errorf("look for the best trial: %w", err)
	}
	best, ok := study.Best(complete)
	if !ok {
		return nil
	}
	if _, err := o.client.DeleteTrial(ctx, o.study.ID, best.Number); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	o.deleted[best.Number] = true
	return nil
}

// pause lets the study rest and go on.
func (o *operator) pause(ctx context.Context) error {
	if err := o.client.SetStudyState(ctx, o.study.ID, study.StudyPaused, "chaos"); err != nil {
		return fmt.Errorf("pause: %w", err)
	}
	o.pauses++
	if err := o.client.SetStudyState(ctx, o.study.ID, study.StudyActive, ""); err != nil {
		return fmt.Errorf("go on: %w", err)
	}
	return nil
}
