package sqlstore

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/goal-search/goal-search/study"
)

// BenchmarkReports counts the epochs that the holders of as many trials of one
// study can report on each engine, with a request each, as a server does: as it
// is, and with a transaction for each of them.
func BenchmarkReports(b *testing.B) {
	onEveryEngine(b, func(b *testing.B, where string) {
		for _, holders := range []int{1, 8, 64, 256} {
			for name, deliver := range map[string]deliver{"each alone": deliverAlone, "together": deliverTogether} {
				b.Run(fmt.Sprintf("%d holders/%s", holders, name), func(b *testing.B) { benchmarkReports(b, where, holders, deliver) })
			}
		}
	})
}

type deliver func(ctx context.Context, s *Store, r *report) error

// deliverAlone stores a report in a transaction of its own.
func deliverAlone(ctx context.Context, s *Store, r *report) error {
	s.storeReports(ctx, []*report{r})
	return r.err
}

func deliverTogether(ctx context.Context, s *Store, r *report) error { return s.deliver(ctx, r) }

func benchmarkReports(b *testing.B, where string, holders int, deliver deliver) {
	store, err := Open(b.Context(), where)
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	s, err := store.CreateStudy(b.Context(), aStudy(newToken()))
	if err != nil {
		b.Fatal(err)
	}
	leases := make([]study.Lease, holders)
	var next atomic.Int64
	for i := range leases {
		leases[i] = ask(b, store, s, &next)
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ResetTimer()
	for _, l := range leases {
		wg.Go(func() {
			for epoch := 0; left.Add(-1) >= 0; epoch++ {
				m := study.Measurement{Attempt: l.Attempt, Epoch: epoch, Value: 0.5}
				r := &report{lease: l, m: m, request: study.Request{ID: newToken()}, done: make(chan struct{})}
				if err := deliver(b.Context(), store, r); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reports/s")
}
