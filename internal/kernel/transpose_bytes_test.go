package kernel

import (
	"math/rand/v2"
	"testing"
)

func TestTransposeBytesEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, columns := range []int{0, 1, 31, 32, 33, 64, 100} {
			for n := range 34 {
				rows := make([][]byte, n)
				for i := range rows {
					rows[i] = make([]byte, columns)
					for j := range rows[i] {
						rows[i][j] = byte(r.Uint32())
					}
				}
				stride := n + 3
				got, want := make([]byte, columns*stride+9), make([]byte, columns*stride+9)
				for i := range got {
					got[i], want[i] = guard, guard
				}
				TransposeBytes(got[:columns*stride], stride, rows)
				for j, row := range rows {
					for i, v := range row {
						want[i*stride+j] = v
					}
				}
				same(t, "bytes", got, want)
			}
		}
	})
	panics(t, "rows", func() { TransposeBytes(make([]byte, 9), 2, [][]byte{{1}, {1, 2}}) })
	panics(t, "dst", func() { TransposeBytes(make([]byte, 1), 1, [][]byte{{1, 2}}) })
	panics(t, "stride", func() { TransposeBytes(make([]byte, 9), 1, [][]byte{{1}, {1}}) })
}

func TestTransposeBits(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for words := 1; words < 4; words++ {
			for rows := range 100 {
				m, _ := guarded[uint16](t, rows*words)
				for i := range m {
					m[i] = uint16(r.Uint32())
				}
				stride := (rows + Lane - 1) / Lane
				got, intact := guarded[uint16](t, Lane*words*stride)
				want := make([]uint16, len(got))
				for i := range rows {
					for j := range Lane * words {
						want[j*stride+i/Lane] |= m[i*words+j/Lane] >> (j % Lane) & 1 << (i % Lane)
					}
				}
				TransposeBits(got, m, words)
				same(t, "bits", got, want)
				intact()
			}
		}
	})
	panics(t, "words", func() { TransposeBits(nil, nil, 0) })
	panics(t, "dst", func() { TransposeBits(nil, make([]uint16, 2), 1) })
}

// digitPixels are images with as many pixels that are not black as MNIST has,
// about 150 of 784, in runs.
func digitPixels(r *rand.Rand, images int) [][]byte {
	all := make([][]byte, images)
	for i := range all {
		all[i] = make([]byte, 784)
		for row := 4; row < 24; row++ {
			first := 8 + r.IntN(5)
			for p := range 7 + r.IntN(2) {
				all[i][28*row+first+p] = byte(1 + r.IntN(255))
			}
		}
	}
	return all
}

func BenchmarkTransposeBytes(b *testing.B) {
	images := digitPixels(rand.New(rand.NewPCG(1, 2)), 1024)
	dst := make([]byte, 784*1088)
	benchEachPath(b, 1024*784, func() { TransposeBytes(dst, 1088, images) })
}

func BenchmarkTransposeBits(b *testing.B) {
	m, dst := make([]uint16, 7*1024), make([]uint16, 7*1024)
	benchEachPath(b, len(m)*Lane, func() { TransposeBits(dst, m, 7) })
}
