package main

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/goal-search/goal-search/sampler"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
)

// process is a running goal-search start.
type process struct {
	*exec.Cmd
	output bytes.Buffer
}

// startProcess runs goal-search start on a tiny study.
func startProcess(t *testing.T, store string, args ...string) *process {
	t.Helper()
	all := append([]string{"start", "--store", store, "--study", "s", "--images", "600", "--hidden", "5", "--batch-size", "128"}, args...)
	p := &process{Cmd: exec.Command("goal-search", all...)}
	p.Stdout, p.Stderr = &p.output, &p.output
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

// exitCode waits for the process; -1 when a signal killed it.
func (p *process) exitCode(t *testing.T) int {
	t.Helper()
	err := p.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return p.ProcessState.ExitCode()
}

// readStudy returns the study and its trials; false when there is none yet.
func readStudy(t *testing.T, path string) (study.Study, []study.Trial, bool) {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s, err := store.Study(t.Context(), "s")
	if errors.Is(err, study.ErrNotFound) {
		return s, nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	trials, err := store.Trials(t.Context(), s.ID, study.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return s, trials, true
}

// waitForTrials returns when the study's trials are as wanted.
func waitForTrials(t *testing.T, path string, wanted func([]study.Trial) bool) {
	t.Helper()
	for range 600 {
		if _, err := os.Stat(path); err == nil {
			if _, trials, ok := readStudy(t, path); ok && wanted(trials) {
				return
			}
		}
		time.Sleep(50 * time.Millisecond) // another process: there is nothing to wait on
	}
	t.Fatal("the trials did not become as wanted")
}

func inState(trials []study.Trial, state study.TrialState) int {
	n := 0
	for _, trial := range trials {
		if trial.State == state {
			n++
		}
	}
	return n
}

// attempts counts how often a worker took one of the trials.
func attempts(trials []study.Trial) int {
	n := 0
	for _, trial := range trials {
		n += len(trial.Attempts)
	}
	return n
}

// checkHistory holds a complete study to the contract: every number once, all
// complete, and every suggestion the same when it is made again from its seed,
// its number and the results that it saw.
func checkHistory(t *testing.T, s study.Study, trials []study.Trial) {
	t.Helper()
	if len(trials) != s.Budget.Trials || inState(trials, study.Complete) != len(trials) {
		t.Errorf("%d trials, %d complete; want %d", len(trials), inState(trials, study.Complete), s.Budget.Trials)
	}
	suggest, err := sampler.New(s.Spec.Sampler.Name)
	if err != nil {
		t.Fatal(err)
	}
	ranked := slices.SortedFunc(slices.Values(trials), func(a, b study.Trial) int { return a.Rank - b.Rank })
	for i, trial := range trials {
		if trial.Number != i || trial.Seed != s.Spec.TrainerSeed || ranked[i].Rank != i+1 {
			t.Errorf("place %d: number %d, seed %d; rank %d", i, trial.Number, trial.Seed, ranked[i].Rank)
		}
		again, err := suggest.Suggest(s.Spec.Space, s.Spec.Sampler.Seed, trial.Number, study.Seen(ranked[:trial.Saw], trial.Number))
		if again = s.Spec.Space.Complete(again); err != nil || !reflect.DeepEqual(again, trial.Parameters) {
			t.Errorf("trial %d: suggested %v; its replay %v, %v", i, trial.Parameters, again, err)
		}
	}
}

// A process is killed at random moments, and started again each time: nothing
// that was stored changes, and the study becomes whole.
func TestKilledSearchGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("whole processes at work")
	}
	seed := rand.Uint64()
	t.Logf("random seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	t.Setenv("GOAL_SEARCH_TEST_LEASE", "500ms")
	path := filepath.Join(t.TempDir(), "studies.db")
	var before []study.Trial
	// Each start has work to do, however much the last one did before it died.
	start := func() *process {
		trials := strconv.Itoa(len(before) + 12)
		return startProcess(t, path, "--sampler", "cmaes", "--trials", trials, "--epochs", "5", "--workers", "3")
	}
	for range 6 {
		p := start()
		waitForTrials(t, path, func(trials []study.Trial) bool { return attempts(trials) > attempts(before) })
		time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond)
		_ = p.Process.Kill()
		p.exitCode(t)
		_, trials, _ := readStudy(t, path)
		checkKept(t, before, trials)
		before = trials
	}
	t.Logf("%d trials after the kills, %d of them complete", len(before), inState(before, study.Complete))
	p := start()
	if code := p.exitCode(t); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, p.output.String())
	}
	s, trials, _ := readStudy(t, path)
	checkKept(t, before, trials)
	checkHistory(t, s, trials)
}

// checkKept tells whether later trials hold what earlier ones did.
func checkKept(t *testing.T, before, after []study.Trial) {
	t.Helper()
	if len(after) < len(before) {
		t.Fatalf("%d trials, then %d", len(before), len(after))
	}
	for i, was := range before {
		is := after[i]
		if is.Number != was.Number || is.Seed != was.Seed || is.Saw != was.Saw || !reflect.DeepEqual(is.Parameters, was.Parameters) {
			t.Errorf("trial %d was %+v, then %+v", i, was, is)
		}
		if was.State.Finished() && !reflect.DeepEqual(is, was) {
			t.Errorf("finished trial %d was %+v, then %+v", i, was, is)
		}
	}
}

// Two processes that start the same study at once share its trials, and none
// is taken from a process that lives.
func TestTwoProcessesShareAStudy(t *testing.T) {
	if testing.Short() {
		t.Skip("whole processes at work")
	}
	path := filepath.Join(t.TempDir(), "studies.db")
	var processes []*process
	for range 2 {
		processes = append(processes, startProcess(t, path, "--sampler", "random", "--trials", "30", "--epochs", "3", "--workers", "2"))
	}
	for _, p := range processes {
		if code := p.exitCode(t); code != 0 {
			t.Errorf("exit code %d:\n%s", code, p.output.String())
		}
	}
	s, trials, _ := readStudy(t, path)
	checkHistory(t, s, trials)
	for _, trial := range trials {
		if len(trial.Attempts) != 1 {
			t.Errorf("trial %d had %d attempts", trial.Number, len(trial.Attempts))
		}
	}
}
