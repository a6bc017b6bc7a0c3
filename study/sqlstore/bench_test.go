package sqlstore

import (
	"fmt"
	"testing"

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
		fmt.Sprintf(`INSERT INTO trials
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
