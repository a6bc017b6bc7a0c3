package daemon

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/goal-search/goal-search/api/client"
	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/internal/worker"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// workerVariable names a server: this process is then a worker, to be killed.
const workerVariable = "GOAL_SEARCH_TEST_WORKER"

func TestMain(m *testing.M) {
	address := os.Getenv(workerVariable)
	if address == "" {
		os.Exit(m.Run())
	}
	if err := workFor(context.Background(), address); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// workFor runs the trials of study s, saves every epoch, and prints a line for
// each state.
func workFor(ctx context.Context, address string) error {
	conn, err := client.New(address, client.Config{})
	if err != nil {
		return err
	}
	defer conn.Close()
	me := study.Worker{Name: fmt.Sprintf("w%d", os.Getpid()), Slots: 1}
	remote, err := client.NewWorker(ctx, conn, client.WorkerConfig{Worker: me, Study: "s"})
	if err != nil {
		return err
	}
	sets := newShelf("", 1)
	return worker.New(&fitting{Worker: remote, sets: sets, log: slog.Default()}, hashing{sets, os.Stdout}, worker.Config{
		Name:        me.Name,
		Environment: study.Environment{Version: "v1", KernelPath: trainer.KernelPath()},
		Checkpoints: remote,
		Saving:      worker.Saving{Every: 1},
	}).Run(ctx)
}

// hashing is an evaluator that writes the number and the hash of every state
// once it was saved.
type hashing struct {
	worker.Evaluator
	out io.Writer
}

func (h hashing) Evaluate(ctx context.Context, spec study.Spec, t study.Trial, p study.Progress) (study.Outcome, error) {
	keep := p.Keep
	p.Keep = func(epoch int, save func() ([]byte, error)) {
		keep(epoch, save)
		state, err := save()
		fmt.Fprintf(h.out, "%d %x %v\n", epoch, sha256.Sum256(state), err)
	}
	return h.Evaluator.Evaluate(ctx, spec, t, p)
}

const testEpochs = 30

// tinyStudy has one trial of a small network.
func tinyStudy(t *testing.T) (study.Study, *dataset.Set) {
	t.Helper()
	set, err := dataset.Open(dataset.Options{Name: "digits", Images: 1000})
	if err != nil {
		t.Fatal(err)
	}
	c := trainer.DefaultConfig()
	c.Hidden, c.Epochs, c.BatchSize = 6, testEpochs, 128
	config, err := objective.EncodeConfig(c)
	if err != nil {
		t.Fatal(err)
	}
	space, err := objective.PublishedSpace(c.Network, "random")
	if err != nil {
		t.Fatal(err)
	}
	return study.Study{Name: "s", Budget: study.Budget{Trials: 1}, Spec: study.Spec{
		Space: space, Sampler: study.Sampler{Name: "random", Seed: 5}, TrainerSeed: 30, Objective: config,
		DataSet: study.DataSet{Name: set.Name, Images: set.Train.Len(), Hash: set.Hash},
	}}, set
}

// undisturbed is what the trial would have been: by epoch the hash of its state
// and its measurement, without times.
func undisturbed(t *testing.T, s study.Study, set *dataset.Set, trial study.Trial) (states map[int]string, measured string) {
	t.Helper()
	states = make(map[int]string)
	var all []study.Measurement
	_, err := objective.NewEvaluator(set, 1).Evaluate(t.Context(), s.Spec, trial, study.Progress{
		Report: func(m study.Measurement) error { all = append(all, m); return nil },
		Keep: func(epoch int, save func() ([]byte, error)) {
			state, err := save()
			states[epoch] = fmt.Sprintf("%x %v", sha256.Sum256(state), err)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return states, timeless(t, all)
}

// timeless is what a run measured, but for what depends on the machine's speed.
func timeless(t *testing.T, all []study.Measurement) string {
	t.Helper()
	for i := range all {
		m := &all[i]
		m.Attempt, m.Elapsed, m.At, m.Metrics = 0, 0, time.Time{}, maps.Clone(m.Metrics)
		delete(m.Metrics, objective.Seconds)
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// host is a server on a store in which one study waits.
type host struct {
	store   study.Store
	study   study.Study
	set     *dataset.Set
	address string
}

func newHost(t *testing.T) host {
	t.Helper()
	path := filepath.Join(t.TempDir(), "studies.db")
	store, err := OpenStore(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s, set := tinyStudy(t)
	if s, err = store.CreateStudy(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	ready, served := make(chan string, 1), make(chan error, 1)
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		served <- Serve(ctx, ServerConfig{
			Store: path, Address: "127.0.0.1:0", Version: "v1", Log: slog.New(slog.DiscardHandler), LeaseTTL: time.Second,
			Ready: func(address, _ string) { ready <- address },
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return host{store, s, set, <-ready}
}

// work starts a worker process on a kernel path. It kills it once it has saved
// the state after an epoch; or, if there is none such, waits for its end. It
// returns the first epoch and notes the states' hashes.
func (h host) work(t *testing.T, path kernel.Path, end int, states map[int]string) (first int) {
	t.Helper()
	p := exec.Command(os.Args[0])
	p.Env = append(os.Environ(), workerVariable+"="+h.address, "GOAL_SEARCH_KERNEL="+string(path))
	p.Stderr = os.Stderr
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	killed, first := false, -1
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var epoch int
		var hash, state string
		if _, err := fmt.Sscan(lines.Text(), &epoch, &hash, &state); err != nil {
			t.Fatalf("%v in %q", err, lines.Text())
		}
		if first == -1 {
			first = epoch
		}
		states[epoch] = hash + " " + state
		if epoch >= end && !killed {
			killed = true
			if err := p.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := p.Wait(); killed == (err == nil) {
		t.Fatalf("killed %t, ended with %v", killed, err)
	}
	return first
}

// wantUndisturbed holds the study's trial, and the states that were seen, to
// what they would have been.
func (h host) wantUndisturbed(t *testing.T, states map[int]string, attempts int) {
	t.Helper()
	trial, err := h.store.Trial(t.Context(), h.study.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	all, err := h.store.Measurements(t.Context(), h.study.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	epochs := study.History{Trial: trial, Measurements: all}.Epochs()
	wantStates, wantMeasured := undisturbed(t, h.study, h.set, trial)
	if trial.State != study.Complete || len(trial.Attempts) != attempts || len(epochs) != testEpochs+1 || *trial.Value != epochs[testEpochs].Value {
		t.Errorf("trial is %s (%s) after %d attempts with %d epochs, want it complete after %d with %d",
			trial.State, trial.Reason, len(trial.Attempts), len(epochs), attempts, testEpochs+1)
	}
	if got := timeless(t, epochs); got != wantMeasured {
		t.Errorf("measured\n%s\nwant\n%s", got, wantMeasured)
	}
	for epoch, got := range states {
		if got != wantStates[epoch] {
			t.Errorf("state after epoch %d: %s, want %s", epoch, got, wantStates[epoch])
		}
	}
}

// TestKilledWorkersTrialGoesOn kills worker processes at random epochs: the next
// one goes on after the last that was saved, and the trial ends as if nothing
// had happened, to the last weights.
func TestKilledWorkersTrialGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("whole processes at work")
	}
	seed := rand.Uint64()
	t.Logf("random seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	h := newHost(t)
	states := make(map[int]string)
	ends := []int{random.IntN(8), 8 + random.IntN(8)}
	for i, end := range append(ends, testEpochs+1) {
		first := h.work(t, kernel.Current(), end, states)
		if i == 0 && first != 0 || i > 0 && first <= ends[i-1] {
			t.Errorf("attempt %d began with epoch %d, after %v", i+1, first, ends[:i])
		}
	}
	if len(states) != testEpochs+1 {
		t.Errorf("saw the states of %d epochs, want %d", len(states), testEpochs+1)
	}
	h.wantUndisturbed(t, states, len(ends)+1)
}

// TestOtherKernelPathBeginsAnew, and its weights are those of its own path.
func TestOtherKernelPathBeginsAnew(t *testing.T) {
	if testing.Short() {
		t.Skip("whole processes at work")
	}
	if kernel.Current() == kernel.Generic {
		t.Skip("this processor has no other path")
	}
	h := newHost(t)
	states := make(map[int]string)
	h.work(t, kernel.Current(), 3, states)
	if first := h.work(t, kernel.Generic, testEpochs+1, states); first != 0 {
		t.Errorf("began with epoch %d, want 0", first)
	}
	defer kernel.Use(kernel.Use(kernel.Generic))
	h.wantUndisturbed(t, states, 2)
}

// TestStoppedSearchGoesOn: the same in one process on the embedded store, where
// a search that is stopped leaves its state at once.
func TestStoppedSearchGoesOn(t *testing.T) {
	s, set := tinyStudy(t)
	store, err := OpenStore(t.Context(), filepath.Join(t.TempDir(), "studies.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if s, err = store.CreateStudy(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	var resumed []int
	ends := []int{rand.IntN(10), 10 + rand.IntN(10), testEpochs + 1}
	for _, end := range ends {
		ctx, stop := context.WithCancel(t.Context())
		search, err := NewSearch(store, s, set, SearchConfig{Workers: 1, Saving: worker.Saving{Every: 1000}, Notify: func(e worker.Event) {
			switch {
			case e.Kind == worker.Resumed:
				resumed = append(resumed, e.Checkpoint.Epoch)
			case e.Kind == worker.NotKept:
				t.Error(e.Err)
			case e.Kind == worker.Measured && e.Measurement.Epoch == end+1: // its state is not kept yet
				stop()
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		_ = search.Run(ctx) // an error when it was stopped
		stop()
	}
	if len(resumed) != 2 || !slices.IsSorted(resumed) || resumed[0] < ends[0] || resumed[1] < ends[1] {
		t.Errorf("went on after epochs %v, was stopped after %v", resumed, ends)
	}
	host{store: store, study: s, set: set}.wantUndisturbed(t, nil, 3)
}
