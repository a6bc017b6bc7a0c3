package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore/mysqltest"
)

const secret = "pa:ss@wo/rd"

// TestServersThatRefuse also holds that no error shows the password.
func TestServersThatRefuse(t *testing.T) {
	onServers(t, func(t *testing.T, server *mysqltest.Server, where string) {
		server.Exec(t,
			"CREATE USER reader IDENTIFIED BY '"+secret+"'", "GRANT SELECT ON *.* TO reader",
			"CREATE DATABASE other", "CREATE TABLE other.trials (id INT)",
			"CREATE DATABASE bare")
		const escaped = "pa%3Ass%40wo%2Frd"
		port := server.Port
		for _, c := range []struct {
			name, where string
			want        error
			options     []Option
		}{
			{"a wrong password", server.URL("reader", escaped+"x", "bare"), study.ErrDenied, nil},
			{"an unknown user", server.URL("nobody", escaped, "bare"), study.ErrDenied, nil},
			{"a user who may only read", server.URL("reader", escaped, "bare"), study.ErrDenied, nil},
			{"a database that is missing", server.URL("root", "", "missing"), study.ErrNotFound, nil},
			{"an empty database, for reading", server.URL("reader", escaped, "bare"), study.ErrNotFound, []Option{ReadOnly()}},
			{"another application's database", server.URL("reader", escaped, "other"), study.ErrNotStore, nil},
			{"a certificate that nobody vouches for, or none", where + "?tls=true", study.ErrUnreachable, nil},
			{"nobody there", strings.Replace(where, fmt.Sprint(port), fmt.Sprint(unusedPort(t)), 1), study.ErrUnreachable, nil},
		} {
			t.Run(c.name, func(t *testing.T) {
				_, err := Open(t.Context(), c.where, c.options...)
				wantFault(t, err, c.want, "open store mysql://", "127.0.0.1")
				if strings.Contains(err.Error(), "pa:") || strings.Contains(err.Error(), "pa%3A") {
					t.Errorf("shows the password: %v", err)
				}
			})
		}
	})
}

func unusedPort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestNewerSchemaOnServers(t *testing.T) {
	onServers(t, func(t *testing.T, _ *mysqltest.Server, where string) {
		store, _ := openAt(t, where)
		mustExecOn(t, store.writer, "UPDATE goal_search_schema SET version = 99")
		_, err := Open(t.Context(), where)
		wantFault(t, err, study.ErrNewerSchema, "open store", "version 99")
	})
}

func TestReadOnlyOnServers(t *testing.T) {
	onServers(t, func(t *testing.T, _ *mysqltest.Server, where string) {
		store, s := openAt(t, where)
		fill(t, store, s, 0, 3)
		reader, err := Open(t.Context(), where, ReadOnly())
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		all, err := reader.Trials(t.Context(), s.ID, study.Filter{})
		if err != nil || len(all) != 3 {
			t.Errorf("got %d trials, error %v, want 3", len(all), err)
		}
		_, _, err = reader.AddTrial(t.Context(), s.ID, study.Trial{Number: 3}, aClaim)
		wantFault(t, err, study.ErrReadOnly, "add trial 3", where)
	})
}

func TestLockedOnServers(t *testing.T) {
	onServers(t, func(t *testing.T, _ *mysqltest.Server, where string) {
		store, s := openAt(t, where, WithPatience(time.Second))
		tx, err := store.writer.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), "UPDATE studies SET budget_trials = 5"); err != nil {
			t.Fatal(err)
		}
		_, _, err = store.AddTrial(t.Context(), s.ID, study.Trial{}, aClaim)
		wantFault(t, err, study.ErrLocked, "add trial 0 of study 1", where)
		if _, err := store.Trials(t.Context(), s.ID, study.Filter{}); err != nil {
			t.Errorf("reading while another process writes: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, _, err := store.AddTrial(ctx, s.ID, study.Trial{}, aClaim); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %v: waiting for a lock ends with the context", err, context.DeadlineExceeded)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		mustAdd(t, store, s, 0)
	})
}

// TestServersClock holds the server's clock, which has microseconds, against
// the machine's.
func TestServersClock(t *testing.T) {
	onServers(t, func(t *testing.T, server *mysqltest.Server, where string) {
		server.Exec(t, "SET GLOBAL time_zone = '-07:00'")
		store, s := openAt(t, where)
		before := time.Now().Truncate(time.Microsecond)
		started := mustAdd(t, store, s, 0).ExpiresAt.Add(-aClaim.TTL)
		if started.Before(before) || started.After(time.Now()) {
			t.Errorf("got %v, want a time after %v and before now", started, before)
		}
	})
}

func TestManyMigrateOneDatabase(t *testing.T) {
	onServers(t, func(t *testing.T, _ *mysqltest.Server, where string) {
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				store, err := Open(t.Context(), where)
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
	})
}

// TestMigrationsThatWereCutOff dies after every statement of the schema.
func TestMigrationsThatWereCutOff(t *testing.T) {
	onServers(t, func(t *testing.T, server *mysqltest.Server, _ string) {
		var all []string
		for _, m := range mysqlDialect.migrations {
			all = append(all, statements(m.sql)...)
		}
		for done := range len(all) + 1 {
			where := server.Database(t)
			cut := make([]migration, 1)
			cut[0].sql = strings.Join(all[:done], ";\n") + ";\nTHIS IS NO STATEMENT"
			if _, err := open(t, where, cut); err == nil {
				t.Fatal("a broken migration succeeded")
			}
			store, err := Open(t.Context(), where)
			if err != nil {
				t.Errorf("after %d statements: %v", done, err)
				continue
			}
			if _, err := store.CreateStudy(t.Context(), aStudy("first")); err != nil {
				t.Errorf("after %d statements: %v", done, err)
			}
			store.Close()
		}
	})
}

// MySQL 8.4, which the tests cannot have, ignores a reference in a column's own
// definition without a word. All others keep it.
func TestReferencesAreClauses(t *testing.T) {
	reference := regexp.MustCompile(`(?i)(FOREIGN KEY \([^)]*\)\s+)?\bREFERENCES \w+`)
	found := 0
	for _, m := range mysqlDialect.migrations {
		for _, match := range reference.FindAllStringSubmatch(m.sql, -1) {
			found++
			if match[1] == "" {
				t.Errorf("%s: %q is in no FOREIGN KEY clause", m.name, match[0])
			}
		}
	}
	if found < 5 {
		t.Errorf("found %d references, want those of all tables", found)
	}
}

func mustExecOn(t testing.TB, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
