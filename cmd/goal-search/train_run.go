package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/goal-search/goal-search/pid"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// training is one run of the train command.
type training struct {
	*app
	run     *trainer.Run
	set     *dataset.Set
	out     string
	test    bool
	goal    string // as given; "" when resumed
	resumed bool

	saved   bool // out holds this run
	last    trainer.Epoch
	seconds float64 // of the epochs so far
	epochs  int
}

// do trains the epochs that are left, and saves after each.
func (t *training) do(ctx context.Context) error {
	t.saved = t.resumed
	t.printHead()
	for !t.run.Done() {
		if err := t.epoch(ctx); err != nil {
			return t.explain(ctx, err)
		}
	}
	return t.finish(ctx)
}

func (t *training) epoch(ctx context.Context) error {
	e, err := t.run.NextEpoch(ctx)
	if err != nil {
		return err
	}
	t.last = e
	t.seconds += e.Seconds
	t.epochs++
	if err := saveRun(t.run, t.out); err != nil {
		return fmt.Errorf("save the weights: %w", err)
	}
	t.saved = true
	if t.json {
		return t.printJSON(newEpochJSON(e, t.run.Config().Network))
	}
	_, err = fmt.Fprintf(t.stdout, "%5d  %8s  %10s  %9.4f  %7.2f  %s\n",
		e.Epoch, percent(e.TrainAccuracy), percent(e.ValidationAccuracy), e.Goal, e.Seconds, t.left())
	return err
}

// left guesses how long the remaining epochs take.
func (t *training) left() string {
	remaining := t.run.Config().Epochs - t.last.Epoch
	if remaining == 0 {
		return "none"
	}
	return duration(time.Duration(t.seconds / float64(t.epochs) * float64(remaining) * float64(time.Second)))
}

func (t *training) printHead() {
	if t.json {
		return
	}
	c := t.run.Config()
	goal := t.goal
	if t.resumed {
		goal = "of " + t.out
	}
	train, validation := dataset.Split(t.set.Train.Len(), c.ValidationFraction, c.Seed)
	fmt.Fprintf(t.stdout, "%s, %d neurons, goal %s, seed %d; %s, %d images to train on and %d to validate\n",
		c.Network, c.Hidden, goal, c.Seed, t.set.Name, len(train), len(validation))
	if !t.run.Done() {
		fmt.Fprintln(t.stdout, "\nEPOCH     TRAIN  VALIDATION  GOAL/BIT  SECONDS  TIME LEFT")
	}
}

// explain says what an error leaves, and how to go on.
func (t *training) explain(ctx context.Context, err error) error {
	kept := "nothing is saved"
	if t.saved {
		kept = "go on with: goal-search train --resume " + t.out
	}
	switch {
	case ctx.Err() != nil:
		return exitError{exitInterrupted, fmt.Errorf("interrupted in epoch %d; %s", t.run.Next(), kept)}
	case errors.Is(err, trainer.ErrDiverged) && t.saved:
		return fmt.Errorf("%w; %s holds the weights before", err, t.out)
	}
	return err
}

// finish measures the test accuracy if wanted and sums up.
func (t *training) finish(ctx context.Context) error {
	var tested *float64
	if t.test {
		accuracy, err := testAccuracy(ctx, t.run, t.set)
		if err != nil {
			return t.explain(ctx, err)
		}
		tested = &accuracy
	}
	if t.json {
		if tested == nil {
			return nil
		}
		return t.printJSON(map[string]any{"epoch": t.run.Config().Epochs, "test_accuracy": *tested})
	}
	fmt.Fprintln(t.stdout)
	if t.epochs == 0 {
		fmt.Fprintf(t.stdout, "All %d epochs are over already.\n", t.run.Config().Epochs)
	} else {
		fmt.Fprintf(t.stdout, "Validation accuracy %s after %d epochs.\n", percent(t.last.ValidationAccuracy), t.last.Epoch)
	}
	if tested != nil {
		fmt.Fprintf(t.stdout, "Test accuracy %s.\n", percent(*tested))
	}
	_, err := fmt.Fprintf(t.stdout, "Weights: %s\n", t.out)
	return err
}

// testAccuracy is the only way from a command to the test images.
func testAccuracy(ctx context.Context, run *trainer.Run, set *dataset.Set) (float64, error) {
	images, err := set.Test()
	if err != nil {
		return 0, err
	}
	return run.Evaluate(ctx, images)
}

// saveRun writes the file whole or not at all.
func saveRun(run *trainer.Run, path string) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	err = run.Save(file)
	if err == nil {
		err = file.Chmod(0o644)
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// epochJSON is an epoch as programs get it.
type epochJSON struct {
	Epoch              int                `json:"epoch"`
	TrainAccuracy      float64            `json:"train_accuracy"`
	ValidationAccuracy float64            `json:"validation_accuracy"`
	Seconds            float64            `json:"seconds"`
	Goal               float64            `json:"goal"`
	Terms              map[string]float64 `json:"terms"`
}

func newEpochJSON(e trainer.Epoch, network string) epochJSON {
	j := epochJSON{e.Epoch, e.TrainAccuracy, e.ValidationAccuracy, e.Seconds, e.Goal, make(map[string]float64)}
	letters := trainer.SourceLetters(network)
	lattice, err := pid.LatticeOf(len(letters))
	if err != nil {
		panic("train: a network of neither two nor three sources")
	}
	for i, name := range lattice.TermNames(letters) {
		j.Terms[name] = e.Terms[i]
	}
	return j
}
