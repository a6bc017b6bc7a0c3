package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
)

// Trials that would take minutes: only an interruption ends them.
var endless = []string{"--sampler", "random", "--trials", "20", "--epochs", "100000", "--workers", "2"}

func TestSecondInterruptHandsBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "studies.db")
	p := startProcess(t, path, endless...)
	running := func(trials []study.Trial) bool { return inState(trials, study.Running) == 2 }
	waitForTrials(t, path, running)
	signalProcess(t, p, os.Interrupt)
	time.Sleep(300 * time.Millisecond) // the first one must not end the trials
	if _, trials, _ := readStudy(t, path); !running(trials) {
		t.Errorf("after the first interrupt the trials are %v", trials)
	}
	signalProcess(t, p, os.Interrupt)
	checkHandedBack(t, p, path)
	if out := p.output.String(); !strings.Contains(out, "Finishing 2 running trials") {
		t.Errorf("output:\n%s", out)
	}
}

func TestTerminationHandsBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "studies.db")
	p := startProcess(t, path, endless...)
	waitForTrials(t, path, func(trials []study.Trial) bool { return inState(trials, study.Running) == 2 })
	signalProcess(t, p, syscall.SIGTERM)
	checkHandedBack(t, p, path)
}

func signalProcess(t *testing.T, p *process, s os.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func checkHandedBack(t *testing.T, p *process, path string) {
	t.Helper()
	if code := p.exitCode(t); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if out := p.output.String(); !strings.Contains(out, "Go on with: goal-search start --store "+path+" --study s") {
		t.Errorf("output:\n%s", out)
	}
	_, trials, _ := readStudy(t, path)
	if inState(trials, study.Waiting) != 2 || len(trials) != 2 {
		t.Errorf("trials %v, want 2 that wait", trials)
	}
}

func TestInterruptFinishesRunningTrials(t *testing.T) {
	path := filepath.Join(t.TempDir(), "studies.db")
	p := startProcess(t, path, "--sampler", "random", "--trials", "1000", "--epochs", "5", "--workers", "2")
	waitForTrials(t, path, func(trials []study.Trial) bool { return inState(trials, study.Complete) > 0 })
	signalProcess(t, p, os.Interrupt)
	if code := p.exitCode(t); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	_, trials, _ := readStudy(t, path)
	if len(trials) == 0 || inState(trials, study.Complete) != len(trials) {
		t.Errorf("%d of %d trials are complete, want all", inState(trials, study.Complete), len(trials))
	}
}
