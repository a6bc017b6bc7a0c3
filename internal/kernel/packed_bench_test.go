package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkAddPacked(b *testing.B) {
	for _, width := range []int{16, 64, 112} {
		for _, each := range []int{10, 20, 200} {
			rows, lists := 56, 64
			m, dst := make([]float32, rows*width), make([]float32, lists*width)
			var first, last []uint32
			var entry []uint16
			for range lists {
				first = append(first, uint32(len(entry)))
				n := each
				for range n {
					entry = append(entry, Pack(rand.IntN(rows), byte(rand.IntN(256))))
				}
				last = append(last, uint32(len(entry)))
			}
			var table [256]float32
			b.Run(fmt.Sprintf("width=%d/each=%d", width, each), func(b *testing.B) {
				for b.Loop() {
					AddPacked(dst, m, width, first, last, entry, &table)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(entry)), "ns/entry")
			})
		}
	}
}

func BenchmarkChain(b *testing.B) {
	x := 1.0
	for b.Loop() {
		for range 1000 {
			x = x*1.0000001 + 1e-9
		}
	}
	_ = x
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/muladd")
}
