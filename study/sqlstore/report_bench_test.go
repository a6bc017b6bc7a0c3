package sqlstore

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/goal-search/goal-search/study"
)

// BenchmarkReports counts the epochs that the holders of as many trials of one
// study can report on each engine.
func BenchmarkReports(b *testing.B) {
	onEveryEngine(b, func(b *testing.B, where string) {
		for _, holders := range []int{1, 8, 64, 256} {
			b.Run(fmt.Sprintf("holders=%d", holders), func(b *testing.B) { benchmarkReports(b, where, holders) })
		}
	})
}

func benchmarkReports(b *testing.B, where string, holders int) {
	store, err := Open(b.Context(), where)
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	s, err := store.CreateStudy(b.Context(), aStudy(fmt.Sprintf("%d-%d", holders, b.N)))
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
				if err := store.AddMeasurement(b.Context(), l, study.Measurement{Epoch: epoch, Value: 0.5}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reports/s")
}
