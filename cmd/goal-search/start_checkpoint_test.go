package main

import (
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
)

// measuredEpochs returns the first trial's history, without what depends on the
// machine's speed, and the attempt of each epoch.
func measuredEpochs(t *testing.T, path string) (epochs []study.Measurement, attempts []int) {
	t.Helper()
	s, trials, ok := readStudy(t, path)
	if !ok || len(trials) == 0 {
		return nil, nil
	}
	store, err := sqlstore.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	all, err := store.Measurements(t.Context(), s.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range (study.History{Trial: trials[0], Measurements: all}).Epochs() {
		attempts = append(attempts, m.Attempt)
		m.Attempt, m.Elapsed, m.At, m.Metrics = 0, 0, time.Time{}, maps.Clone(m.Metrics)
		delete(m.Metrics, objective.Seconds)
		epochs = append(epochs, m)
	}
	return epochs, attempts
}

// TestKilledSearchGoesOnWithinATrial kills a search in the middle of its one
// trial: the next one goes on from the trial's last state, and it ends as one
// that was never killed.
func TestKilledSearchGoesOnWithinATrial(t *testing.T) {
	if testing.Short() {
		t.Skip("whole processes at work")
	}
	t.Setenv("GOAL_SEARCH_TEST_LEASE", "500ms")
	one := []string{"--sampler", "random", "--seed", "7", "--trials", "1", "--epochs", "300", "--workers", "1", "--checkpoint-pause", "0s"}
	whole, killed := filepath.Join(t.TempDir(), "whole.db"), filepath.Join(t.TempDir(), "killed.db")
	if p := startProcess(t, whole, one...); p.exitCode(t) != 0 {
		t.Fatal(p.output.String())
	}
	want, _ := measuredEpochs(t, whole)
	p := startProcess(t, killed, one...)
	least := 2 + rand.IntN(40)
	waitForTrials(t, killed, func([]study.Trial) bool {
		epochs, _ := measuredEpochs(t, killed)
		return len(epochs) > least
	})
	_ = p.Process.Kill()
	p.exitCode(t)
	before, _ := measuredEpochs(t, killed)
	if p := startProcess(t, killed, one...); p.exitCode(t) != 0 {
		t.Fatal(p.output.String())
	}
	got, attempts := measuredEpochs(t, killed)
	if len(before) == len(want) || attempts[0] != 1 || attempts[len(attempts)-1] != 2 {
		t.Errorf("killed after %d of %d epochs; then their attempts were %v, want 1 and then 2", len(before), len(want), attempts)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("measured\n%v\nwant\n%v", got, want)
	}
}
