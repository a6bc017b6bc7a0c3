package sqlstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
	"github.com/goal-search/goal-search/study/sqlstore/mysqltest"
)

// These make of this test binary a worker process on a store, with leases of
// this length.
const (
	roleVariable = "SQLSTORE_TEST_WORKS_ON"
	ttlVariable  = "SQLSTORE_TEST_TTL"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(roleVariable); path != "" {
		ttl, err := time.ParseDuration(os.Getenv(ttlVariable))
		if err == nil {
			err = work(context.Background(), path, ttl, os.Stdout)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// epochs is how many measurements a worker process reports of a trial.
const epochs = 3

// work takes trials until the study's budget is used up, and acknowledges
// each transition on acks once the store says that it has happened.
func work(ctx context.Context, path string, ttl time.Duration, acks io.Writer) error {
	store, err := sqlstore.Open(ctx, path, sqlstore.WithPatience(time.Minute)) // a server may be starting
	if err != nil {
		return err
	}
	defer store.Close()
	s, err := store.Study(ctx, "shared")
	if err != nil {
		return err
	}
	for {
		t, l, err := takeTrial(ctx, store, s, ttl)
		if errors.Is(err, study.ErrBudget) {
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(acks, "take %d %d\n", t.Number, l.Attempt)
		if err := workOn(ctx, store, t, l, acks); err != nil && !errors.Is(err, study.ErrLeaseLost) {
			return err
		}
	}
}

func workOn(ctx context.Context, store study.Store, t study.Trial, l study.Lease, acks io.Writer) error {
	for epoch := range epochs {
		if err := store.AddMeasurement(ctx, l, measurementOf(t.Number, epoch)); err != nil {
			return err
		}
		fmt.Fprintf(acks, "measure %d %d %d\n", t.Number, l.Attempt, epoch)
	}
	finished, err := store.FinishTrial(ctx, l, study.Outcome{State: study.Complete, Value: valueOf(t.Number)})
	if err == nil {
		fmt.Fprintf(acks, "finish %d %d\n", t.Number, finished.Rank)
	}
	return err
}

// takeTrial claims a trial or adds one.
func takeTrial(ctx context.Context, store study.Store, s study.Study, ttl time.Duration) (study.Trial, study.Lease, error) {
	claim := study.Claim{Worker: fmt.Sprint(os.Getpid()), TTL: ttl}
	for {
		t, l, err := store.ClaimTrial(ctx, s.ID, claim)
		if !errors.Is(err, study.ErrNoTrial) {
			return t, l, err
		}
		all, err := store.Trials(ctx, s.ID, study.Filter{})
		if err != nil {
			return t, l, err
		}
		t, l, err = store.AddTrial(ctx, s.ID, trialOf(len(all)), claim)
		if !errors.Is(err, study.ErrNumberTaken) {
			return t, l, err
		}
	}
}

func valueOf(number int) float64 { return 1 / float64(number+3) }

func trialOf(number int) study.Trial {
	return study.Trial{Number: number, Parameters: study.Parameters{"a": valueOf(number)}, Seed: 1}
}

func measurementOf(number, epoch int) study.Measurement {
	return study.Measurement{Epoch: epoch, Value: valueOf(number), Metrics: study.Metrics{"goal": valueOf(epoch)}}
}

// onEveryEngine runs a test on an empty database of every engine.
func onEveryEngine(t *testing.T, test func(t *testing.T, where string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "store.db")) })
	for _, e := range mysqltest.Engines {
		t.Run(string(e), func(t *testing.T) { test(t, e.Shared(t).Database(t)) })
	}
}

// makeShared makes a store with the study that worker processes look for.
func makeShared(t *testing.T, where string, trials int) study.Study {
	t.Helper()
	store := mustOpen(t, where)
	s := mustCreate(t, store, "shared", trials)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

func startWorker(t *testing.T, path string, ttl time.Duration) (*exec.Cmd, io.Reader, *strings.Builder) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), roleVariable+"="+path, ttlVariable+"="+ttl.String())
	stderr := new(strings.Builder)
	cmd.Stderr = stderr
	acks, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, acks, stderr
}

func TestProcessesShareAStudy(t *testing.T) { onEveryEngine(t, processesShareAStudy) }

func processesShareAStudy(t *testing.T, path string) {
	const trials, processes = 40, 3
	s := makeShared(t, path, trials)
	type worker struct {
		cmd    *exec.Cmd
		acks   io.Reader
		stderr *strings.Builder
	}
	var workers []worker
	for range processes {
		cmd, acks, stderr := startWorker(t, path, time.Minute)
		workers = append(workers, worker{cmd, acks, stderr})
	}
	for i, w := range workers {
		lines, err := io.ReadAll(w.acks)
		if err := errors.Join(err, w.cmd.Wait()); err != nil {
			t.Fatalf("process %d: %v: %s", i, err, w.stderr)
		}
		t.Logf("process %d finished %d trials", i, strings.Count(string(lines), "finish"))
	}
	store := mustOpen(t, path)
	defer store.Close()
	all := mustTrials(t, store, s)
	if len(all) != trials {
		t.Errorf("got %d trials, want %d", len(all), trials)
	}
	ranks := make(map[int]bool)
	for _, trial := range all {
		ranks[trial.Rank] = true
		if trial.State != study.Complete || len(trial.Attempts) != 1 {
			t.Errorf("trial %d is %s after %d attempts, want it complete after 1", trial.Number, trial.State, len(trial.Attempts))
		}
	}
	if len(ranks) != trials {
		t.Errorf("got %d different ranks, want %d", len(ranks), trials)
	}
	checkWhole(t, store, all)
}

// TestKillLosesNothing kills a process at random moments while it works, and
// holds the store against what the process was told to be done.
func TestKillLosesNothing(t *testing.T) { onEveryEngine(t, killLosesNothing) }

func killLosesNothing(t *testing.T, path string) {
	const rounds = 12
	seed := rand.Uint64()
	t.Logf("seed of the moments: %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	s := makeShared(t, path, 1_000_000)
	var told ledger
	for range rounds {
		cmd, acks, stderr := startWorker(t, path, 50*time.Millisecond)
		scanner := bufio.NewScanner(acks)
		if !scanner.Scan() { // it works now
			t.Fatalf("the process did nothing: %v: %s", cmd.Wait(), stderr)
		}
		told.add(t, scanner.Text())
		kill := time.AfterFunc(time.Duration(random.Int64N(int64(150*time.Millisecond))), func() { _ = cmd.Process.Kill() })
		for scanner.Scan() {
			told.add(t, scanner.Text())
		}
		kill.Stop()
		_ = cmd.Wait() // it was killed
		told.check(t, path, s)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d transitions before %d kills", told.transitions, rounds)
}

// ledger is what processes were told to be done.
type ledger struct {
	kills       int
	transitions int
	taken       map[int]int     // attempts by trial
	measured    map[[3]int]bool // by trial, attempt, epoch
	ranks       map[int]int     // by trial
}

func (g *ledger) add(t *testing.T, line string) {
	t.Helper()
	if g.taken == nil {
		g.taken, g.measured, g.ranks = make(map[int]int), make(map[[3]int]bool), make(map[int]int)
	}
	var act string
	var n [3]int
	if got, _ := fmt.Sscan(line, &act, &n[0], &n[1], &n[2]); got < 3 {
		return // cut off by the kill
	}
	g.transitions++
	switch act {
	case "take":
		g.taken[n[0]] = n[1]
	case "measure":
		g.measured[n] = true
	case "finish":
		g.ranks[n[0]] = n[1]
	}
}

// check opens the store as the next process does.
func (g *ledger) check(t *testing.T, path string, s study.Study) {
	t.Helper()
	store := mustOpen(t, path)
	defer store.Close()
	all := mustTrials(t, store, s)
	checkWhole(t, store, all)
	for number, attempts := range g.taken {
		if number >= len(all) || len(all[number].Attempts) < attempts {
			t.Fatalf("attempt %d of trial %d is lost", attempts, number)
		}
	}
	for number, rank := range g.ranks {
		if all[number].State != study.Complete || all[number].Rank != rank || *all[number].Value != valueOf(number) {
			t.Errorf("the end of trial %d with rank %d is lost: %+v", number, rank, all[number])
		}
	}
	stored := make(map[[3]int]bool)
	for _, trial := range all {
		for _, m := range mustMeasurements(t, store, trial) {
			stored[[3]int{trial.Number, m.Attempt, m.Epoch}] = true
		}
	}
	for m := range g.measured {
		if !stored[m] {
			t.Errorf("the measurement of trial, attempt, epoch %v is lost", m)
		}
	}
	// A process says so after the fact, so each may have done one thing more.
	g.kills++
	if extra := len(stored) - len(g.measured); extra < 0 || extra > g.kills {
		t.Errorf("%d more measurements than were told, after %d kills", extra, g.kills)
	}
}

// checkWhole checks that nothing is half there.
func checkWhole(t *testing.T, store study.Store, all []study.Trial) {
	t.Helper()
	finished := 0
	for i, trial := range all {
		last := len(trial.Attempts) - 1
		if trial.Number != i || last < 0 || trial.Parameters["a"] != valueOf(i) {
			t.Fatalf("trial %d is not whole: %+v", i, trial)
		}
		ended := trial.Attempts[last].Ended
		if trial.State.Finished() {
			finished++
		}
		if trial.State == study.Running && ended != "" || trial.State == study.Complete && ended != string(study.Complete) {
			t.Errorf("trial %d is %s, its last attempt ended %q", i, trial.State, ended)
		}
		for _, m := range mustMeasurements(t, store, trial) {
			want := measurementOf(i, m.Epoch)
			if m.Value != want.Value || m.Metrics["goal"] != want.Metrics["goal"] {
				t.Errorf("epoch %d of trial %d: got %+v, want %+v", m.Epoch, i, m, want)
			}
		}
	}
	for _, trial := range all {
		if trial.Rank > finished {
			t.Errorf("rank %d of %d finished trials", trial.Rank, finished)
		}
	}
}
