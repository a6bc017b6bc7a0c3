package kernel

import (
	"math/rand/v2"
	"testing"
)

// randomSigns are rows of signs, and a list of some of them.
func randomSigns(t *testing.T, r *rand.Rand, rows, words, listed int) (Signs, []int32) {
	bits, _ := guarded[uint16](t, rows*words)
	for i := range bits {
		bits[i] = uint16(r.Uint32())
	}
	index := make([]int32, listed)
	for i := range index {
		index[i] = int32(r.IntN(rows))
	}
	return Signs{bits, words}, index
}

// sign is a number of m; what m lacks is -1.
func (m Signs) sign(row int32, i int) float64 {
	if i >= m.Words*Lane {
		return -1
	}
	return float64(m.Bits[int(row)*m.Words+i/Lane]>>(i%Lane)&1)*2 - 1
}

func inBlocks(m Signs) (b SignBlocks) {
	b.Set(m)
	return b
}

// TestSignBlocksEqualSigns, in memory that held others before.
func TestSignBlocksEqualSigns(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		var b SignBlocks
		for words := range 50 {
			for _, rows := range []int{3, 1, 5} {
				m, _ := randomSigns(t, r, rows, words, 0)
				b.Set(m)
				if want := (words + 15) / 16 * 256; b.Columns() != want || len(b.Bits)*32 != rows*want {
					t.Fatalf("%d words: got %d columns of %d bits, want %d", words, b.Columns(), len(b.Bits)*32, want)
				}
				for i := range rows * b.Columns() {
					row, column := i/b.Columns(), i%b.Columns()
					word := b.Bits[(row*b.Blocks+column/256)*8+column%8]
					if got := float64(word>>(column%256/8)&1)*2 - 1; got != m.sign(int32(row), column) {
						t.Fatalf("%d words, row %d, column %d: got %g", words, row, column, got)
					}
				}
			}
		}
	})
}

func TestBlockSignsWritesNoMore(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for blocks := 1; blocks < 5; blocks++ {
			bits := randomWords(rand.New(rand.NewPCG(1, 2)), blocks*16)
			got, intact := guarded[uint32](t, blocks*8)
			want := make([]uint32, blocks*8)
			blockSigns(got, bits, blocks)
			blockSignsGeneric(want, bits, blocks)
			same(t, "words", got, want)
			intact()
		}
	})
}

func TestSignBlocksOfBadSizes(t *testing.T) {
	var b SignBlocks
	panics(t, "part of a row", func() { b.Set(Signs{make([]uint16, 5), 2}) })
	panics(t, "words", func() { b.Set(Signs{nil, -1}) })
}

// BenchmarkSignBlocks is the outputs of 2,000 neurons for 1024 samples.
func BenchmarkSignBlocks(b *testing.B) {
	m, blocks := Signs{make([]uint16, 2000*64), 64}, SignBlocks{}
	benchEachPath(b, Lane*len(m.Bits), func() { blocks.Set(m) })
}
