//go:build linux

package chaos

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

const studyName = "chaos"

// form is how long and how hard a run is.
type form struct {
	workers, trials, epochs int
	pause                   time.Duration // between two faults, on average
	max                     time.Duration // by when the study is complete
}

var (
	short = form{workers: 4, trials: 120, epochs: 15, pause: 500 * time.Millisecond, max: 5 * time.Minute}
	long  = form{workers: 8, trials: 500, epochs: 12, pause: 500 * time.Millisecond, max: 30 * time.Minute}
)

// TestChaos breaks everything that a study runs on while it runs, and then
// looks for what was lost, doubled or left. $CHAOS_SEED does a run's faults
// again; $CHAOS_TRIALS is the long form of so many trials.
func TestChaos(t *testing.T) {
	if testing.Short() {
		t.Skip("whole clusters at work")
	}
	how := short
	if text := os.Getenv("CHAOS_TRIALS"); text != "" {
		how = long
		how.trials = int(mustUint(t, text))
	}
	seed := rand.Uint64()
	if text := os.Getenv("CHAOS_SEED"); text != "" {
		seed = mustUint(t, text)
	}
	t.Logf("CHAOS_SEED=%d does the same faults again", seed)
	runChaos(t, how, seed)
}

func mustUint(t *testing.T, text string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func runChaos(t *testing.T, how form, seed uint64) {
	s, set := newStudy(t, how, seed)
	c := newCluster(t, buildNode(t), how.workers, "--study", studyName, "--grace", "1s")
	ctx, cancel := context.WithTimeout(t.Context(), how.max)
	defer cancel()
	defer context.AfterFunc(c.spoilt, cancel)()
	c.start(t, c.servers)
	o := newOperator(t, c.workerLines[how.workers].address(), seed)
	if err := o.create(ctx, s); err != nil {
		t.Fatal(err)
	}
	c.start(t, c.workers)
	start := time.Now()
	struck := c.breakUntil(t, newSchedule(seed, how.pause), o.work(ctx))
	c.settle()
	if o.err != nil {
		c.blame(t)
		t.Fatal(o.err)
	}
	c.end(t)
	took := time.Since(start)
	r := readRecord(t, c.store)
	report(t, c, o, r, struck, took)
	r.check(t)
	r.checkEvents(t, o.events)
	r.checkDeleted(t, o.deleted)
	r.checkSuggestions(t, o.enqueued)
	r.checkReplays(t, set)
	c.checkLedger(t)
}

// newStudy is one of tiny networks.
func newStudy(t *testing.T, how form, seed uint64) (study.Study, *dataset.Set) {
	t.Helper()
	const images, algorithm = 600, "cmaes"
	set, err := dataset.Open(dataset.Options{Name: "digits", Images: images})
	if err != nil {
		t.Fatal(err)
	}
	config := trainer.DefaultConfig()
	config.Hidden, config.BatchSize, config.Epochs = 5, 128, how.epochs
	encoded, err := objective.EncodeConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	space, err := objective.PublishedSpace(config.Network, algorithm)
	if err != nil {
		t.Fatal(err)
	}
	return study.Study{Name: studyName, Budget: study.Budget{Trials: how.trials}, Spec: study.Spec{
		Space:       space,
		Sampler:     study.Sampler{Name: algorithm, Seed: seed},
		TrainerSeed: config.Seed,
		DataSet:     study.DataSet{Name: set.Name, Images: set.Train.Len(), Hash: set.Hash},
		Objective:   encoded,
	}}, set
}

// breakUntil breaks one thing after the other, and counts by kind.
func (c *cluster) breakUntil(t *testing.T, s *schedule, complete <-chan struct{}) map[string]int {
	t.Helper()
	struck := make(map[string]int)
	for {
		f := s.next()
		select {
		case <-time.After(f.after):
		case <-complete:
			return struck
		}
		if f.kind.strike(t, c, f) {
			struck[f.kind.name]++
		}
	}
}

// report says what happened, for the record.
func report(t *testing.T, c *cluster, o *operator, r record, struck map[string]int, took time.Duration) {
	t.Helper()
	for _, kind := range slices.Sorted(maps.Keys(struck)) {
		t.Logf("%4d × %s", struck[kind], kind)
	}
	t.Logf("%v: %d trials, %d of them enqueued, %d deleted; %d pauses; %d events", took.Round(time.Second), len(r.trials), len(o.enqueued), len(o.deleted), o.pauses, len(r.events))
	t.Logf("attempts: %d complete, %d lost with their leases, %d handed back; %d workers heard that they lost a lease",
		r.attempts(string(study.Complete)), r.attempts(study.AttemptLost), r.attempts(study.AttemptHandedBack), c.ledger.lost)
	t.Logf("%d trials lost, %d doubled", r.study.Budget.Trials-r.complete(), c.ledger.doubled())
}
