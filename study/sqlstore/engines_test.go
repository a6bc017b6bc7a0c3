package sqlstore

import (
	"path/filepath"
	"testing"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore/mysqltest"
)

// onServers runs a test on an empty database of every server.
func onServers(t *testing.T, test func(t *testing.T, server *mysqltest.Server, where string)) {
	for _, e := range mysqltest.Engines {
		t.Run(string(e), func(t *testing.T) {
			server := e.Shared(t)
			test(t, server, server.Database(t))
		})
	}
}

// onEveryEngine runs a benchmark on an empty database of every engine, which
// waits for the disk as it does in use; MySQL without its binary log.
func onEveryEngine(b *testing.B, run func(b *testing.B, where string)) {
	b.Run("sqlite", func(b *testing.B) { run(b, filepath.Join(b.TempDir(), "store.db")) })
	for _, e := range mysqltest.Engines {
		b.Run(string(e), func(b *testing.B) {
			server := e.Shared(b)
			server.Exec(b, "SET GLOBAL innodb_flush_log_at_trx_commit = 1")
			run(b, server.Database(b))
		})
	}
}

// openAt opens a store and makes a study of a million trials in it.
func openAt(t testing.TB, where string, opts ...Option) (*Store, study.Study) {
	t.Helper()
	store, err := Open(t.Context(), where, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s, err := store.CreateStudy(t.Context(), aStudy("first"))
	if err != nil {
		t.Fatal(err)
	}
	return store, s
}

func aStudy(name string) study.Study {
	return study.Study{
		Name: name, Budget: study.Budget{Trials: 1_000_000},
		Spec: study.Spec{Space: study.Space{{Name: "a", Low: -1, High: 1}}, Sampler: study.Sampler{Name: "random"}},
	}
}
