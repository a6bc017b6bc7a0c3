package sqlstore

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
)

// BenchmarkTrial is one trial's way: added and finished, two transactions
// that are on the disk. Its cost must not grow with the finished trials.
func BenchmarkTrial(b *testing.B) {
	for _, finished := range []int{0, 1_000, 10_000} {
		b.Run(fmt.Sprintf("finished=%d", finished), func(b *testing.B) {
			store, s := newStore(b)
			fillFast(b, store, s, finished)
			number := finished
			for b.Loop() {
				fill(b, store, s, number, number+1)
				number++
			}
			b.ReportMetric(2*float64(b.N)/b.Elapsed().Seconds(), "transactions/s")
		})
	}
}

// BenchmarkAskTell counts what workers and their coordinator can do on each
// engine: an ask adds a trial, a tell reports an epoch or finishes a trial.
// Some work at one study, others at a study each.
func BenchmarkAskTell(b *testing.B) {
	onEveryEngine(b, func(b *testing.B, where string) {
		for _, c := range []struct {
			name             string
			workers, studies int
		}{{"1 worker", 1, 1}, {"8 workers at one study", 8, 1}, {"8 workers at 8 studies", 8, 8}} {
			b.Run(c.name, func(b *testing.B) { benchmarkAskTell(b, where, c.workers, c.studies) })
		}
	})
}

// epochsTold are the tells of a trial before it finishes.
const epochsTold = 3

func benchmarkAskTell(b *testing.B, where string, workers, studies int) {
	store, err := Open(b.Context(), where)
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	made := make([]study.Study, studies)
	for i := range made {
		if made[i], err = store.CreateStudy(b.Context(), aStudy(fmt.Sprintf("%d-%d-%d-%d", workers, studies, b.N, i))); err != nil {
			b.Fatal(err)
		}
	}
	var left, next = atomic.Int64{}, make([]atomic.Int64, studies)
	left.Store(int64(b.N))
	var asking, telling atomic.Int64 // nanoseconds, of all workers together
	var wg sync.WaitGroup
	b.ResetTimer()
	for w := range workers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				start := time.Now()
				l := ask(b, store, made[w%studies], &next[w%studies])
				asked := time.Now()
				tell(b, store, l)
				asking.Add(int64(asked.Sub(start)))
				telling.Add(int64(time.Since(asked)))
			}
		})
	}
	wg.Wait()
	perSecond := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(perSecond, "asks/s")
	b.ReportMetric((1+epochsTold)*perSecond, "tells/s")
	b.ReportMetric(float64(asking.Load())/float64(b.N)/1e6, "ms/ask")
	b.ReportMetric(float64(telling.Load())/float64(b.N)/(1+epochsTold)/1e6, "ms/tell")
}

// ask adds the study's next trial, as a coordinator does that guesses its
// number and may be too late.
func ask(b *testing.B, store *Store, s study.Study, next *atomic.Int64) study.Lease {
	for {
		number := next.Load()
		_, l, err := store.AddTrial(b.Context(), s.ID, study.Trial{Number: int(number), Parameters: study.Parameters{"a": 0.5}}, aClaim)
		if err == nil {
			next.CompareAndSwap(number, number+1)
			return l
		}
		if !errors.Is(err, study.ErrNumberTaken) {
			b.Error(err)
			return l
		}
		next.CompareAndSwap(number, number+1)
	}
}

func tell(b *testing.B, store *Store, l study.Lease) {
	for epoch := range epochsTold {
		if err := store.AddMeasurement(b.Context(), l, study.Measurement{Epoch: epoch, Value: 0.5}); err != nil {
			b.Error(err)
		}
	}
	if _, err := store.FinishTrial(b.Context(), l, study.Outcome{State: study.Complete, Value: 0.5}); err != nil {
		b.Error(err)
	}
}

// BenchmarkTrials reads all trials with their attempts.
func BenchmarkTrials(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			store, s := newStore(b)
			fillFast(b, store, s, n)
			for b.Loop() {
				all, err := store.Trials(b.Context(), s.ID, study.Filter{})
				if err != nil || len(all) != n {
					b.Fatalf("got %d trials, error %v, want %d", len(all), err, n)
				}
			}
		})
	}
}

// fillFast finishes n trials of 19 parameters without waiting for the disk.
func fillFast(b *testing.B, store *Store, s study.Study, n int) {
	b.Helper()
	for _, statement := range []string{
		"PRAGMA synchronous = OFF",
		fmt.Sprintf(`INSERT INTO trials (study_id, number, state, parameters, seed, saw, created_at, attempt, token,
			lease_ttl, lease_expires_at, finish_rank, value, reason, finished_at)
			WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			SELECT %d, i, 'complete', %s, '1', 0, 0, 1, 'x', 1, 1, i + 1, 1.0 / (i + 3), '', 1 FROM n WHERE i < %d`,
			n-1, s.ID, parametersSQL(19), n),
		fmt.Sprintf(`INSERT INTO attempts SELECT study_id, number, 1, 'ada', 'v1', 'generic', 'c0ffee', 0, 1, 'complete', '' FROM trials WHERE study_id = %d`, s.ID),
		"PRAGMA synchronous = FULL",
	} {
		if _, err := store.writer.ExecContext(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
}

// parametersSQL is an expression for the JSON of some parameters, which
// differ from trial to trial.
func parametersSQL(n int) string {
	expression := "'{'"
	for i := range n {
		separator := ","
		if i == 0 {
			separator = ""
		}
		expression += fmt.Sprintf(` || printf('%s"gamma_{%d}{2}":%%!.17g', 1.0 / (i + %d))`, separator, i, i+2)
	}
	return expression + " || '}'"
}
