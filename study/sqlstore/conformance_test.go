package sqlstore_test

import (
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
	"github.com/goal-search/goal-search/study/sqlstore/mysqltest"
	"github.com/goal-search/goal-search/study/storetest"
)

func TestSQLiteKeepsTheContract(t *testing.T) {
	keepsTheContract(t, func(t *testing.T) string { return filepath.Join(t.TempDir(), "store.db") })
}

// A server is set to one of these; a change concerns new connections.
const (
	readCommitted  = "SET GLOBAL TRANSACTION ISOLATION LEVEL READ COMMITTED"
	repeatableRead = "SET GLOBAL TRANSACTION ISOLATION LEVEL REPEATABLE READ" // the default
	snapshot       = "SET GLOBAL innodb_snapshot_isolation = ON"              // the default from MariaDB 11.6 on
)

func TestMariaDBKeepsTheContract(t *testing.T) {
	serverKeepsTheContract(t, mysqltest.MariaDB, readCommitted, repeatableRead, snapshot)
}

func TestMariaDB11KeepsTheContract(t *testing.T) {
	serverKeepsTheContract(t, mysqltest.MariaDB11, readCommitted, repeatableRead) // with snapshots in both
}

func TestMySQLKeepsTheContract(t *testing.T) {
	serverKeepsTheContract(t, mysqltest.MySQL, readCommitted, repeatableRead)
}

// serverKeepsTheContract tests every isolation of transactions in turn, beside
// the other engines; with -short, the last one.
func serverKeepsTheContract(t *testing.T, e mysqltest.Engine, isolations ...string) {
	t.Parallel()
	server := e.Shared(t)
	for i, isolation := range isolations {
		_, name, _ := strings.Cut(isolation, "GLOBAL ")
		t.Run(name, func(t *testing.T) {
			if testing.Short() && i < len(isolations)-1 {
				t.Skip("-short")
			}
			server.Exec(t, isolation)
			keepsTheContract(t, func(t *testing.T) string { return server.Database(t) })
		})
	}
}

// keepsTheContract tests stores in new databases.
func keepsTheContract(t *testing.T, database func(t *testing.T) string) {
	storetest.Run(t, func(t *testing.T) storetest.Harness {
		where := database(t)
		clock := newClock()
		open := func(t *testing.T) study.Store {
			s, err := sqlstore.Open(t.Context(), where, sqlstore.WithClock(clock.now))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			return s
		}
		return storetest.Harness{Store: open(t), Another: open, Advance: clock.advance}
	})
}

// clock is a time that moves only when told.
type clock struct{ micros atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.micros.Store(time.Date(2025, 3, 1, 12, 0, 0, 123456000, time.UTC).UnixMicro())
	return c
}

func (c *clock) now() time.Time          { return time.UnixMicro(c.micros.Load()) }
func (c *clock) advance(d time.Duration) { c.micros.Add(d.Microseconds()) }
