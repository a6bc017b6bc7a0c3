package sqlstore

import (
	"fmt"
	"testing"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore/mysqltest"
)

// TestServersReadNoFinishedTrials counts the rows that a server touches in
// ask, tell and heartbeat: with thousands of finished trials, and statistics
// that know of none, as many as with one.
func TestServersReadNoFinishedTrials(t *testing.T) {
	onServers(t, func(t *testing.T, _ *mysqltest.Server, where string) {
		store, s := openAt(t, where)
		store.writer.SetMaxOpenConns(1) // the count is the connection's own
		everyHotPath(t, store, s, 0)
		before := rowsTouched(t, store, func() { everyHotPath(t, store, s, 1) })
		const finished = 3000
		finishMany(t, store, s, 2, finished)
		after := rowsTouched(t, store, func() { everyHotPath(t, store, s, 2+finished) })
		if before < 10 || after > before {
			t.Errorf("touched %d rows with 1 finished trial, %d with %d", before, after, finished)
		}
		scan := rowsTouched(t, store, func() {
			if _, err := store.Trials(t.Context(), s.ID, study.Filter{}); err != nil {
				t.Fatal(err)
			}
		})
		if scan < finished {
			t.Errorf("the count does not see a scan: %d rows of %d trials", scan, finished)
		}
	})
}

func rowsTouched(t *testing.T, store *Store, act func()) int {
	t.Helper()
	mustExecOn(t, store.writer, "FLUSH STATUS")
	act()
	rows, err := store.writer.QueryContext(t.Context(), "SHOW SESSION STATUS LIKE 'Handler_read%'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	total := 0
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			t.Fatal(err)
		}
		total += n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return total
}

// finishMany adds n complete trials from a number on, in one statement each
// for trials and attempts.
func finishMany(t testing.TB, store *Store, s study.Study, from, n int) {
	t.Helper()
	series := fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)`, from, from+n-1)
	recursion := "SET SESSION cte_max_recursion_depth = 1000000"
	if _, err := store.writer.ExecContext(t.Context(), recursion); err != nil { // MariaDB's name of it
		mustExecOn(t, store.writer, "SET SESSION max_recursive_iterations = 1000000")
	}
	mustExecOn(t, store.writer, fmt.Sprintf(`INSERT INTO trials
		(study_id, number, state, parameters, seed, saw, created_at, attempt, token, lease_ttl, lease_expires_at, finish_rank, value, reason, finished_at)
		%s SELECT %d, i, 'complete', '{"a":0.5}', '1', 0, 0, 1, 'x', 1, 1, i + 1, 0.5, '', 1 FROM n`, series, s.ID))
	mustExecOn(t, store.writer, fmt.Sprintf(`INSERT INTO attempts (study_id, trial, number, worker, version, kernel_path, data_hash, started_at, ended_at, ended, reason)
		SELECT study_id, number, 1, 'ada', 'v1', 'generic', 'c0ffee', 0, 1, 'complete', '' FROM trials
		WHERE study_id = %d AND number >= %d`, s.ID, from))
}
