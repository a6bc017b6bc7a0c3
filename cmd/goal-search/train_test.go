package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/trainer"
)

// cancelAt cancels once a line that contains text is written.
type cancelAt struct {
	bytes.Buffer
	text   string
	cancel context.CancelFunc
}

func (c *cancelAt) Write(b []byte) (int, error) {
	if strings.Contains(string(b), c.text) {
		c.cancel()
	}
	return c.Buffer.Write(b)
}

func smallTraining(t *testing.T, out string) trainOptions {
	t.Helper()
	o := trainOptions{config: trainer.DefaultConfig(), goal: "naive", goalsDir: t.TempDir(), dataset: "digits", images: 600, threads: 1, out: out}
	o.config.Hidden, o.config.Epochs, o.config.BatchSize = 3, 3, 100
	return o
}

// An interrupted run says how to go on, and ends where one without
// interruption ends, to the bit.
func TestInterruptedTrainingGoesOn(t *testing.T) {
	dir := t.TempDir()
	whole, cut := filepath.Join(dir, "whole.safetensors"), filepath.Join(dir, "cut.safetensors")
	a := &app{stdout: new(bytes.Buffer), stderr: new(bytes.Buffer)}
	if err := a.startTraining(t.Context(), smallTraining(t, whole)); err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	a.stdout = &cancelAt{text: "    1 ", cancel: cancel}
	err := a.startTraining(ctx, smallTraining(t, cut))
	var coded exitError
	if !errors.As(err, &coded) || coded.code != exitInterrupted || !strings.Contains(err.Error(), "epoch 2; go on with: goal-search train --resume "+cut) {
		t.Fatalf("interrupted: got %v, want exit %d, epoch 2 and how to go on", err, exitInterrupted)
	}

	a.stdout = new(bytes.Buffer)
	o := smallTraining(t, "")
	o.resume = cut
	if err := a.resumeTraining(t.Context(), &cobra.Command{}, o); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(cut)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the resumed run's file differs from the uninterrupted one's (%v)", err)
	}
}
