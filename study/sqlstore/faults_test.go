package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
)

var aClaim = study.Claim{Worker: "ada", TTL: time.Minute}

// newStore makes a store with one study of 1000 trials.
func newStore(t testing.TB, opts ...Option) (*Store, study.Study) {
	t.Helper()
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s, err := store.CreateStudy(t.Context(), study.Study{
		Name: "first", Budget: study.Budget{Trials: 1_000_000},
		Spec: study.Spec{Space: study.Space{{Name: "a", Low: -1, High: 1}}, Sampler: study.Sampler{Name: "random"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return store, s
}

// fill adds trials to the study and finishes them.
func fill(t testing.TB, store *Store, s study.Study, from, to int) {
	t.Helper()
	for number := from; number < to; number++ {
		l := mustAdd(t, store, s, number)
		if _, err := store.FinishTrial(t.Context(), l, study.Outcome{State: study.Complete, Value: 1}); err != nil {
			t.Fatal(err)
		}
	}
}

func mustAdd(t testing.TB, store *Store, s study.Study, number int) study.Lease {
	t.Helper()
	_, l, err := store.AddTrial(t.Context(), s.ID, study.Trial{Number: number, Parameters: study.Parameters{"a": 0.5}}, aClaim)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// wantFault checks an error's kind, and that it names the act and the file.
func wantFault(t *testing.T, err, want error, act, path string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
	if !strings.HasPrefix(err.Error(), act) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %q, want it to begin with %q and to name %s", err, act, path)
	}
}

// raw opens the file as another application does.
func raw(t *testing.T, path string) *sql.Conn {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); db.Close() })
	return conn
}

func mustExec(t *testing.T, conn *sql.Conn, statement string) {
	t.Helper()
	if _, err := conn.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func TestLockedByAnotherProcess(t *testing.T) {
	store, s := newStore(t, WithPatience(30*time.Millisecond))
	other := raw(t, store.where)
	mustExec(t, other, "BEGIN IMMEDIATE")
	_, _, err := store.AddTrial(t.Context(), s.ID, study.Trial{}, aClaim)
	wantFault(t, err, study.ErrLocked, "add trial 0 of study 1", store.where)
	if _, err := store.Trials(t.Context(), s.ID, study.Filter{}); err != nil {
		t.Errorf("reading while another process writes: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, _, err := store.AddTrial(ctx, s.ID, study.Trial{}, aClaim); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v: waiting for a lock ends with the context", err, context.DeadlineExceeded)
	}
	mustExec(t, other, "COMMIT")
	mustAdd(t, store, s, 0)
}

func TestOpenLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	mustExec(t, raw(t, path), "BEGIN EXCLUSIVE")
	_, err := Open(t.Context(), path, WithPatience(time.Millisecond))
	wantFault(t, err, study.ErrLocked, "open store "+path, path)
}

func TestFullDisk(t *testing.T) {
	store, s := newStore(t)
	fill(t, store, s, 0, 2)
	if _, err := store.writer.ExecContext(t.Context(), "PRAGMA max_page_count = 1"); err != nil { // the pages that are used stay
		t.Fatal(err)
	}
	var err error
	number := 2
	for ; err == nil; number++ {
		_, _, err = store.AddTrial(t.Context(), s.ID, study.Trial{Number: number, Parameters: study.Parameters{"a": 0.5}}, aClaim)
	}
	wantFault(t, err, study.ErrFull, "add trial", store.where)
	all, err := store.Trials(t.Context(), s.ID, study.Filter{})
	if err != nil || len(all) != number-1 {
		t.Errorf("got %d trials, error %v, want the %d that fitted", len(all), err, number-1)
	}
	if _, err := store.writer.ExecContext(t.Context(), "PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, store, s, number-1)
}

func TestNewerSchema(t *testing.T) {
	store, _ := newStore(t)
	mustExec(t, raw(t, store.where), "PRAGMA user_version = 99")
	before := mustRead(t, store.where)
	_, err := Open(t.Context(), store.where)
	wantFault(t, err, study.ErrNewerSchema, "open store", store.where)
	for _, version := range []string{"version 99", fmt.Sprintf("up to %d", len(sqliteDialect.migrations))} {
		if !strings.Contains(err.Error(), version) {
			t.Errorf("got %q, want it to name %q", err, version)
		}
	}
	if !bytes.Equal(mustRead(t, store.where), before) {
		t.Error("the file was changed")
	}
}

func TestNotAStore(t *testing.T) {
	for name, content := range map[string][]byte{
		"text":  bytes.Repeat([]byte("y,s1,s2,p\n0,0,0,0.25\n"), 500),
		"short": []byte("no database"),
		"zeros": make([]byte, 10_000),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			refusesToOpen(t, path, study.ErrNotStore)
		})
	}
	t.Run("another application's database", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "store.db")
		mustExec(t, raw(t, path), "CREATE TABLE trials (id INTEGER)")
		refusesToOpen(t, path, study.ErrNotStore)
	})
	t.Run("a folder", func(t *testing.T) {
		_, err := Open(t.Context(), t.TempDir())
		wantFault(t, err, study.ErrNotStore, "open store", "")
	})
	t.Run("below a file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), filepath.Join(path, "store.db")); err == nil {
			t.Error("opened")
		}
	})
}

// refusesToOpen checks the error and that the file stays as it is.
func refusesToOpen(t *testing.T, path string, want error) {
	t.Helper()
	before := mustRead(t, path)
	_, err := Open(t.Context(), path)
	wantFault(t, err, want, "open store", path)
	if !bytes.Equal(mustRead(t, path), before) {
		t.Error("the file was changed")
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestDamaged(t *testing.T) {
	store, s := newStore(t)
	fill(t, store, s, 0, 30)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	whole := mustRead(t, store.where)
	scrambled := bytes.Clone(whole)
	for i := 4096; i < len(scrambled); i++ {
		scrambled[i] ^= 0x5a
	}
	for name, content := range map[string][]byte{
		"half of the file":   whole[:len(whole)/2],
		"a page less":        whole[:len(whole)-4096],
		"part of the header": whole[:50],
		"other pages":        scrambled,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			damaged, err := Open(t.Context(), path)
			if err == nil { // what is damaged was not yet read
				defer damaged.Close()
				_, err = damaged.Trials(t.Context(), s.ID, study.Filter{})
			}
			if !errors.Is(err, study.ErrCorrupt) || !strings.Contains(err.Error(), path) {
				t.Errorf("got error %v, want %v", err, study.ErrCorrupt)
			}
		})
	}
}

func TestContentThatNobodyWrote(t *testing.T) {
	for _, change := range []string{
		"UPDATE trials SET parameters = '{\"a\":'", "UPDATE trials SET seed = '-1'",
		"UPDATE trials SET value = 'much'", "UPDATE trials SET value = 1",
	} {
		store, s := newStore(t)
		fill(t, store, s, 0, 1)
		mustExec(t, raw(t, store.where), change)
		_, err := store.Trials(t.Context(), s.ID, study.Filter{})
		if !errors.Is(err, study.ErrCorrupt) {
			t.Errorf("%s: got error %v, want %v", change, err, study.ErrCorrupt)
		}
	}
}
