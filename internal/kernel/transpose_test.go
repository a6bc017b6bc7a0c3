package kernel

import (
	"math/rand/v2"
	"testing"
)

func TestTransposeAtEverySize(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for rows := range 35 {
			for columns := range 35 {
				srcStride, dstStride := columns+columns%3, rows+rows%4
				src := floats(t, r, rows*srcStride, 1)
				got, intact := guarded[float32](t, columns*dstStride)
				want := copyOf(got)
				for i := range rows {
					for j := range columns {
						want[j*dstStride+i] = src[i*srcStride+j]
					}
				}
				Transpose(got, dstStride, src, srcStride, rows, columns)
				same(t, "transpose", got, want)
				intact()
			}
		}
	})
}

func TestTransposeOfBadSizes(t *testing.T) {
	v := make([]float32, 12)
	panics(t, "src", func() { Transpose(v, 3, v[:11], 4, 3, 4) })
	panics(t, "dst", func() { Transpose(v[:11], 3, v, 4, 3, 4) })
	panics(t, "srcStride", func() { Transpose(v, 3, v, 3, 3, 4) })
	panics(t, "dstStride", func() { Transpose(v, 2, v, 4, 3, 4) })
}

// BenchmarkTranspose is what 16 neurons need of 1024 samples, out of a tile.
func BenchmarkTranspose(b *testing.B) {
	tile, rows := make([]float32, 1024*112), make([]float32, 16*1024)
	b.Run("in", func(b *testing.B) {
		benchEachPath(b, len(rows), func() { Transpose(tile, 112, rows, 1024, 16, 1024) })
	})
	b.Run("out", func(b *testing.B) {
		benchEachPath(b, len(rows), func() { Transpose(rows, 1024, tile, 112, 1024, 16) })
	})
}
