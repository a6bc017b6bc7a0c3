package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestFlushTiny(t *testing.T) {
	numbers := append(copyOf(special), 0x1p-96, -0x1p-96, math.Nextafter32(0x1p-96, 0), math.Nextafter32(-0x1p-96, 0))
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for n := range 100 {
			got, intact := guarded[float32](t, n)
			want := make([]float32, n)
			for i := range got {
				got[i] = numbers[r.IntN(len(numbers))]
				if want[i] = got[i]; math.Abs(float64(got[i])) < 0x1p-96 {
					want[i] = 0
				}
			}
			FlushTiny(got)
			for i := range got {
				if math.Float32bits(got[i]) != math.Float32bits(want[i]) && !(got[i] == 0 && want[i] == 0) {
					t.Fatalf("length %d: got %g, want %g", n, got[i], want[i])
				}
			}
			intact()
		}
	})
}

func BenchmarkFlushTiny(b *testing.B) {
	v := make([]float32, 1<<13)
	benchEachPath(b, len(v), func() { FlushTiny(v) })
}
