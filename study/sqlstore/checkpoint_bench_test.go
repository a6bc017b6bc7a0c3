package sqlstore

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/goal-search/goal-search/study"
)

// BenchmarkCheckpoint saves and loads states as large as those of 100 and of
// 2,000 neurons.
func BenchmarkCheckpoint(b *testing.B) {
	onEveryEngine(b, func(b *testing.B, where string) {
		for _, size := range []int{1 << 20, 66 << 20} {
			b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) { benchmarkCheckpoint(b, where, size) })
		}
	})
}

func benchmarkCheckpoint(b *testing.B, where string, size int) {
	store, err := Open(b.Context(), where)
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	s, err := store.CreateStudy(b.Context(), aStudy(fmt.Sprintf("%d-%d", size, rand.Uint32())))
	if err != nil {
		b.Fatal(err)
	}
	l := mustAdd(b, store, s, 0)
	state := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(state) // never fails
	b.Run("save", func(b *testing.B) {
		first := b.N * 1_000_000 // each state is of a later epoch
		for i := range b.N {
			epoch := first + i
			b.StopTimer()
			if err := store.AddMeasurement(b.Context(), l, study.Measurement{Epoch: epoch}); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			if err := store.SaveCheckpoint(b.Context(), l, epoch, state); err != nil {
				b.Fatal(err)
			}
		}
		b.SetBytes(int64(size))
	})
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := store.LoadCheckpoint(b.Context(), l); err != nil {
				b.Fatal(err)
			}
		}
		b.SetBytes(int64(size))
	})
}
