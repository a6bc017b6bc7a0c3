package sqlstore

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/goal-search/goal-search/study"
)

// Without these a power cut could take back what was stored, and a reference
// could dangle.
func TestConnectionsAreDurable(t *testing.T) {
	store, _ := newStore(t)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000",
	} {
		var got string
		if err := store.writer.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %q, error %v, want %q", pragma, got, err, want)
		}
	}
}

func TestFilesAreTheOwnersOnly(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b")
	path := filepath.Join(folder, "50% of?what#.db")
	store, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for name, want := range map[string]fs.FileMode{
		folder: 0o700, filepath.Dir(folder): 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600,
	} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: got mode %v, want %v", name, got, want)
		}
	}
}

func TestManyMakeTheSameFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			store, err := Open(t.Context(), path)
			if err == nil {
				err = store.Close()
			}
			errs[i] = err
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

func TestReadOnly(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "a", "store.db")
	_, err := Open(t.Context(), missing, ReadOnly())
	wantFault(t, err, study.ErrNotFound, "open store", missing)
	if _, err := os.Stat(filepath.Dir(missing)); err == nil {
		t.Error("the folder was made")
	}

	store, s := newStore(t)
	fill(t, store, s, 0, 3)
	reader, err := Open(t.Context(), store.where, ReadOnly())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	all, err := reader.Trials(t.Context(), s.ID, study.Filter{})
	if err != nil || len(all) != 3 {
		t.Errorf("got %d trials, error %v, want 3", len(all), err)
	}
	_, _, err = reader.AddTrial(t.Context(), s.ID, study.Trial{Number: 3}, aClaim)
	wantFault(t, err, study.ErrReadOnly, "add trial 3", store.where)
}

// TestReadOnlyAfterACrash reads what lies in the log alone, and a store that
// was closed properly, which has no log.
func TestReadOnlyAfterACrash(t *testing.T) {
	store, s := newStore(t)
	fill(t, store, s, 0, 3)
	crashed := filepath.Join(t.TempDir(), "store.db")
	for _, suffix := range []string{"", "-wal"} {
		if err := os.WriteFile(crashed+suffix, mustRead(t, store.where+suffix), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{crashed, store.where} {
		reader, err := Open(t.Context(), path, ReadOnly())
		if err != nil {
			t.Fatal(err)
		}
		all, err := reader.Trials(t.Context(), s.ID, study.Filter{})
		if err != nil || len(all) != 3 {
			t.Errorf("got %d trials, error %v, want 3", len(all), err)
		}
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestReadOnlyDoesNotUpgrade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), path, ReadOnly())
	wantFault(t, err, study.ErrNotFound, "open store", "empty")
	first := func(o *options) { o.migrations = sqliteDialect.migrations[:1] }
	older, err := Open(t.Context(), path, first)
	if err != nil {
		t.Fatal(err)
	}
	if err := older.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), path, ReadOnly())
	wantFault(t, err, study.ErrOlderSchema, "open store", "version 1")
	if _, err := Open(t.Context(), path, ReadOnly(), first); err != nil {
		t.Errorf("got error %v, want the file as it was", err)
	}
}

// TestClock holds SQLite's clock, which is read in a transaction, against the
// machine's.
func TestClock(t *testing.T) {
	store, s := newStore(t)
	before := time.Now().Add(-time.Millisecond) // SQLite's has milliseconds
	l := mustAdd(t, store, s, 0)
	started := l.ExpiresAt.Add(-aClaim.TTL)
	if started.Before(before) || started.After(time.Now()) {
		t.Errorf("got %v, want a time after %v and before now", started, before)
	}
}

func TestMigrations(t *testing.T) {
	steps := []migration{
		{"0001_a.sql", "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);"},
		{"0002_b.sql", "UPDATE a SET x = x + 1; CREATE TABLE b (x INTEGER) STRICT; INSERT INTO c VALUES (1);"},
	}
	path := filepath.Join(t.TempDir(), "store.db")
	if store, err := open(t, path, steps[:1]); err != nil {
		t.Fatal(err)
	} else {
		store.Close()
	}
	if _, err := open(t, path, steps); err == nil {
		t.Fatal("a broken migration succeeded")
	}
	db := raw(t, path)
	var version, x, b int
	row := db.QueryRowContext(t.Context(), `SELECT user_version, (SELECT x FROM a), (SELECT count(*) FROM sqlite_schema WHERE name = 'b') FROM pragma_user_version`)
	if err := row.Scan(&version, &x, &b); err != nil || version != 1 || x != 1 || b != 0 {
		t.Errorf("after a broken migration: version %d, content %d, new tables %d, error %v, want 1, 1, 0", version, x, b, err)
	}
	steps[1].sql = "UPDATE a SET x = x + 1;"
	for range 2 { // the second time there is nothing to do
		store, err := open(t, path, steps)
		if err != nil {
			t.Fatal(err)
		}
		store.Close()
	}
	if err := db.QueryRowContext(t.Context(), `SELECT x FROM a`).Scan(&x); err != nil || x != 2 {
		t.Errorf("after the second migration: content %d, error %v, want 2", x, err)
	}
}

func TestMigrationsAreNumberedWithoutGaps(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string
		valid bool
	}{
		{"in order", []string{"0001_a.sql", "0002_b.sql"}, true},
		{"a gap", []string{"0001_a.sql", "0003_b.sql"}, false},
		{"not from 1", []string{"0002_a.sql"}, false},
		{"twice", []string{"0001_a.sql", "0001_b.sql"}, false},
		{"no number", []string{"a.sql"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := fstest.MapFS{}
			for _, name := range c.files {
				files["m/"+name] = &fstest.MapFile{Data: []byte(name)}
			}
			steps, err := readMigrations(files, "m")
			if (err == nil) != c.valid || c.valid && len(steps) != len(c.files) {
				t.Errorf("got %v, error %v, want it valid: %v", steps, err, c.valid)
			}
		})
	}
}

func open(t *testing.T, path string, steps []migration) (*Store, error) {
	return Open(t.Context(), path, func(o *options) { o.migrations = steps })
}

func TestDoublesInColumns(t *testing.T) {
	for _, want := range []float64{
		0, math.Copysign(0, -1), 1, -1, 1.0 / 3, math.MaxFloat64, math.SmallestNonzeroFloat64,
		1 << 53, -(1 << 62), math.Inf(1), math.Inf(-1), math.NaN(),
	} {
		v, err := double(want).Value()
		if err != nil {
			t.Fatal(err)
		}
		var got double
		if err := got.Scan(v); err != nil || !sameBits(float64(got), want) {
			t.Errorf("got %g, error %v, want %g", got, err, want)
		}
	}
	for _, bad := range []any{nil, int64(1), "", "nan", []byte("NaN"), true} {
		if err := new(double).Scan(bad); !errors.Is(err, study.ErrCorrupt) {
			t.Errorf("%#v: got error %v, want %v", bad, err, study.ErrCorrupt)
		}
	}
}
