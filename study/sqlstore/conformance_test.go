package sqlstore_test

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
	"github.com/goal-search/goal-search/study/storetest"
)

func TestSQLiteKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Harness {
		path := filepath.Join(t.TempDir(), "store.db")
		clock := newClock()
		open := func(t *testing.T) study.Store {
			s, err := sqlstore.Open(t.Context(), path, sqlstore.WithClock(clock.now))
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
