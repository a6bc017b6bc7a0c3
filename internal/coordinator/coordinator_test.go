package coordinator

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
)

// hashSampler suggests a point that depends on everything it is given.
type hashSampler struct{}

func (hashSampler) Suggest(space study.Space, seed uint64, number int, history []study.Trial) (study.Parameters, error) {
	h := fnv.New32a()
	fmt.Fprint(h, seed, number)
	for _, t := range history {
		if t.State == study.Complete {
			fmt.Fprint(h, t.Number, *t.Value)
		}
	}
	return study.Parameters{space[0].Name: float64(h.Sum32()) / (1 << 32)}, nil
}

func testStudy(trials int) study.Study {
	return study.Study{
		Name: "test",
		Spec: study.Spec{
			Space:       study.Space{{Name: "x", Low: 0, High: 1}, {Name: "fixed", Low: 7, High: 7}},
			Sampler:     study.Sampler{Name: "hash", Seed: 3},
			TrainerSeed: 30,
			Objective:   []byte("{}"),
		},
		Budget: study.Budget{Trials: trials},
	}
}

func open(t testing.TB, path string, options ...sqlstore.Option) study.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), path, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// start returns a coordinator of a new study and its store.
func start(t *testing.T, trials int, options ...sqlstore.Option) (*Coordinator, study.Store) {
	t.Helper()
	store := open(t, filepath.Join(t.TempDir(), "studies.db"), options...)
	s, err := store.CreateStudy(t.Context(), testStudy(trials))
	if err != nil {
		t.Fatal(err)
	}
	return New(store, hashSampler{}, s, Config{PollInterval: 10 * time.Millisecond}), store
}

func take(t *testing.T, c *Coordinator) (study.Trial, study.Lease) {
	t.Helper()
	_, trial, lease, err := c.TakeTrial(t.Context(), "w", study.Environment{})
	if err != nil {
		t.Fatal(err)
	}
	return trial, lease
}

func finish(t *testing.T, c *Coordinator, l study.Lease, value float64) {
	t.Helper()
	if _, err := c.FinishTrial(t.Context(), l, study.Outcome{State: study.Complete, Value: value}); err != nil {
		t.Fatal(err)
	}
}

func TestNewTrialsAreComplete(t *testing.T) {
	c, _ := start(t, 2)
	trial, lease := take(t, c)
	if trial.Number != 0 || trial.Seed != 30 || trial.Saw != 0 || trial.Parameters["fixed"] != 7 || len(trial.Parameters) != 2 {
		t.Errorf("trial %+v", trial)
	}
	finish(t, c, lease, 0.5)
	if trial, _ = take(t, c); trial.Number != 1 || trial.Saw != 1 {
		t.Errorf("trial %+v, want number 1 that saw one result", trial)
	}
}

func TestGivenBackTrialComesFirst(t *testing.T) {
	c, _ := start(t, 5)
	first, lease := take(t, c)
	take(t, c)
	if err := c.HandBackTrial(t.Context(), lease, "leaving"); err != nil {
		t.Fatal(err)
	}
	again, lease := take(t, c)
	if again.Number != first.Number || !maps.Equal(again.Parameters, first.Parameters) || again.Seed != first.Seed || lease.Attempt != 2 {
		t.Errorf("took %+v in attempt %d, want %+v in attempt 2", again, lease.Attempt, first)
	}
}

// clock is a store's clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestExpiredTrialComesBackTheSame(t *testing.T) {
	now := &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	c, _ := start(t, 1, sqlstore.WithClock(now.read))
	first, lease := take(t, c)
	now.advance(DefaultLeaseTTL + time.Second)
	again, _ := take(t, c)
	if again.Number != first.Number || !maps.Equal(again.Parameters, first.Parameters) || again.Seed != first.Seed {
		t.Errorf("took %+v, want %+v", again, first)
	}
	err := c.Report(t.Context(), lease, study.Measurement{})
	if !errors.Is(err, study.ErrLeaseLost) {
		t.Errorf("the old lease's report: %v, want %v", err, study.ErrLeaseLost)
	}
}

func TestReportAndRenewalKeepTheLease(t *testing.T) {
	now := &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	c, store := start(t, 1, sqlstore.WithClock(now.read))
	_, lease := take(t, c)
	for epoch := range 4 {
		now.advance(DefaultLeaseTTL * 2 / 3)
		renew := func() error { return c.RenewLease(t.Context(), lease) }
		if epoch%2 == 0 {
			renew = func() error { return c.Report(t.Context(), lease, study.Measurement{Epoch: epoch}) }
		}
		if err := renew(); err != nil {
			t.Fatal(err)
		}
		if _, _, err := store.ClaimTrial(t.Context(), 1, study.Claim{Worker: "thief", TTL: time.Minute}); !errors.Is(err, study.ErrNoTrial) {
			t.Fatalf("another worker got the trial: %v", err)
		}
	}
}

// takeLater takes a trial while the caller does something else.
func takeLater(t *testing.T, c *Coordinator) <-chan error {
	result := make(chan error, 1)
	go func() {
		_, _, _, err := c.TakeTrial(t.Context(), "w", study.Environment{})
		result <- err
	}()
	return result
}

func TestWaitsForTheLastTrials(t *testing.T) {
	c, _ := start(t, 1)
	c.config.PollInterval = time.Hour // so that only the change itself wakes it
	_, lease := take(t, c)
	result := takeLater(t, c)
	finish(t, c, lease, 1)
	if err := <-result; !errors.Is(err, study.ErrEnded) {
		t.Errorf("take after the last trial has finished: %v, want %v", err, study.ErrEnded)
	}
}

func TestWaitingTakesWhatIsGivenBack(t *testing.T) {
	c, _ := start(t, 1)
	c.config.PollInterval = time.Hour
	_, lease := take(t, c)
	result := takeLater(t, c)
	if err := c.HandBackTrial(t.Context(), lease, "leaving"); err != nil {
		t.Fatal(err)
	}
	if err := <-result; err != nil {
		t.Errorf("take: %v", err)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	c, _ := start(t, 1)
	take(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, _, _, err := c.TakeTrial(ctx, "w", study.Environment{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("take: %v, want %v", err, context.DeadlineExceeded)
	}
}

func TestBudgetChangesWhileRunning(t *testing.T) {
	c, store := start(t, 1)
	_, lease := take(t, c)
	finish(t, c, lease, 1)
	setBudget := func(trials int) {
		t.Helper()
		if err := store.SetBudget(t.Context(), c.study.ID, study.Budget{Trials: trials}); err != nil {
			t.Fatal(err)
		}
	}
	setBudget(10)
	trial, lease := take(t, c)
	if trial.Number != 1 {
		t.Errorf("trial %d, want 1", trial.Number)
	}
	finish(t, c, lease, 1)
	setBudget(2)
	if err := <-takeLater(t, c); !errors.Is(err, study.ErrEnded) {
		t.Errorf("take: %v, want %v", err, study.ErrEnded)
	}
}

type samplerFunc func() (study.Parameters, error)

func (f samplerFunc) Suggest(study.Space, uint64, int, []study.Trial) (study.Parameters, error) {
	return f()
}

func TestBadSuggestionIsRefused(t *testing.T) {
	c, store := start(t, 1)
	for name, f := range map[string]samplerFunc{
		"error":   func() (study.Parameters, error) { return nil, errors.New("singular matrix") },
		"outside": func() (study.Parameters, error) { return study.Parameters{"x": 2}, nil },
		"missing": func() (study.Parameters, error) { return nil, nil },
	} {
		c.sampler = f
		if err := <-takeLater(t, c); err == nil {
			t.Errorf("%s: the suggestion was taken", name)
		}
	}
	if trials, err := store.Trials(t.Context(), c.study.ID, study.Filter{}); err != nil || len(trials) != 0 {
		t.Errorf("%d trials stored, %v; want none", len(trials), err)
	}
}

// Two processes, each with its own connection to the database and several
// workers, share a study: no trial is lost or made twice, and every suggestion
// follows from its seed, its number and the results that it saw.
func TestTwoCoordinatorsShareAStudy(t *testing.T) {
	const trials = 24
	path := filepath.Join(t.TempDir(), "studies.db")
	s, err := open(t, path).CreateStudy(t.Context(), testStudy(trials))
	if err != nil {
		t.Fatal(err)
	}
	var workers sync.WaitGroup
	for range 2 {
		c := New(open(t, path), hashSampler{}, s, Config{PollInterval: 5 * time.Millisecond})
		for range 3 {
			workers.Go(func() { work(t, c) })
		}
	}
	workers.Wait()
	checkWhole(t, open(t, path), s, trials)
}

func work(t *testing.T, c *Coordinator) {
	for {
		_, trial, lease, err := c.TakeTrial(t.Context(), "w", study.Environment{})
		if errors.Is(err, study.ErrEnded) {
			return
		}
		if err == nil && trial.Number%7 == 0 && lease.Attempt == 1 {
			err = c.HandBackTrial(t.Context(), lease, "test")
		} else if err == nil {
			_, err = c.FinishTrial(t.Context(), lease, study.Outcome{State: study.Complete, Value: trial.Parameters["x"]})
		}
		if err != nil {
			t.Error(err)
			return
		}
	}
}

func checkWhole(t *testing.T, store study.Store, s study.Study, trials int) {
	t.Helper()
	all, err := store.Trials(t.Context(), s.ID, study.Filter{Deleted: true})
	if err != nil {
		t.Fatal(err)
	}
	ranked := slices.SortedFunc(slices.Values(all), func(a, b study.Trial) int { return a.Rank - b.Rank })
	if len(all) != trials {
		t.Fatalf("%d trials, want %d", len(all), trials)
	}
	for i, trial := range all {
		if trial.Number != i || trial.State != study.Complete {
			t.Errorf("trial %d at place %d is %s", trial.Number, i, trial.State)
		}
		replayed, err := hashSampler{}.Suggest(s.Spec.Space, s.Spec.Sampler.Seed, trial.Number, study.Seen(ranked[:trial.Saw], trial.Number))
		if err != nil || replayed["x"] != trial.Parameters["x"] {
			t.Errorf("trial %d was suggested %v, its replay %v, %v", i, trial.Parameters, replayed, err)
		}
	}
}

func TestStanding(t *testing.T) {
	c, _ := start(t, 5)
	for _, value := range []float64{0.2, 0.9, 0.9, 0.1} {
		_, lease := take(t, c)
		finish(t, c, lease, value)
	}
	got, err := c.Standing(t.Context())
	if err != nil || got.Finished != 4 || got.Trials != 5 || got.Best == nil || got.Best.Number != 1 {
		t.Errorf("standing %+v, %v; want 4 of 5 with trial 1 as the best", got, err)
	}
}
