package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// signedShapes are widths and numbers of rows whose sums make a table.
func signedShapes(test func(width, rows int)) {
	for _, width := range []int{Lane, SignWidth} {
		for rows := range SignRows {
			test(width, rows+1)
		}
	}
}

// signedTable is SumSigns in plain Go, for any number of rows.
func signedTable(m []float32, width, stride, rows int) []float32 {
	groups := (rows + signGroup - 1) / signGroup
	padded := make([]float32, groups*signGroup*stride)
	copy(padded, m[:(rows-1)*stride+width])
	table := make([]float32, groups*signSums*width)
	sumSignsGeneric(table, padded, width, stride, groups)
	return table
}

// TestSumSignsEqualsGeneric demands equal bits: both add in the same order.
func TestSumSignsEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		signedShapes(func(width, rows int) {
			stride := width + Lane*(rows%3)
			m := floats(t, r, (rows-1)*stride+width, 1)
			want := signedTable(m, width, stride, rows)
			got, intact := guarded[float32](t, len(want))
			if n := len(SumSigns(got, m, width, stride, rows)); n != len(want) {
				t.Fatalf("%d rows of %d: got a table of %d numbers, want %d", rows, width, n, len(want))
			}
			same(t, "sums", got, want)
			intact()
		})
	})
}

// TestAddSignedEqualsGeneric demands equal bits, too, and that what lies between
// the rows is left alone.
func TestAddSignedEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		signedShapes(func(width, rows int) {
			table := signedTable(floats(t, r, rows*width, 1), width, width, rows)
			groups := len(table) / signSums / width
			for _, n := range []int{1, 2, 9} {
				stride, words := width+Lane*(rows%3), (groups*signGroup+Lane-1)/Lane+n%2
				bits, row := randomWords(r, n*words), floats(t, r, width, 1)
				got, intact := guarded[float32](t, (n-1)*stride+width)
				want := copyOf(got)
				AddSigned(got, got, table, width, stride, n, bits, words)
				addSignedGeneric(want, want, table, width, stride, stride, n, groups, bits, words)
				same(t, "rows", got, want)
				AddSigned(got, row, table, width, stride, n, bits, words)
				addSignedGeneric(want, row, table, width, 0, stride, n, groups, bits, words)
				same(t, "rows from one", got, want)
				intact()
			}
		})
	})
}

func randomWords(r *rand.Rand, n int) []uint16 {
	words := make([]uint16, n)
	for i := range words {
		words[i] = uint16(r.Uint32())
	}
	return words
}

// TestAddSignedEqualsSum holds both kernels to what they are for.
func TestAddSignedEqualsSum(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		table := make([]float32, SignTable)
		signedShapes(func(width, rows int) {
			const n, words = 5, SignRows / Lane
			m, bits := floats(t, r, rows*width, 1), randomWords(r, n*words)
			got, want := make([]float32, n*width), make([]float32, n*width)
			AddSigned(got, got, SumSigns(table, m, width, width, rows), width, width, n, bits, words)
			for i := range want {
				var sum float64
				for k := range rows {
					sign := int(bits[i/width*words+k/Lane]>>(k%Lane)&1)*2 - 1
					sum += float64(m[k*width+i%width]) * float64(sign)
				}
				want[i] = float32(sum)
			}
			near(t, "sums", got, want, 4e-6, 0)
		})
	})
}

// TestSignedKeepsSpecialNumbers: a row that is no number makes none of all
// sums, an infinite one infinity with its sign.
func TestSignedKeepsSpecialNumbers(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		table, m := make([]float32, SignTable), make([]float32, Lane*Lane)
		m[3*Lane], m[3*Lane+1] = float32(math.NaN()), float32(math.Inf(1))
		dst := make([]float32, 2*Lane)
		AddSigned(dst, dst, SumSigns(table, m, Lane, Lane, Lane), Lane, Lane, 2, []uint16{0, 1 << 3}, 1)
		for i, sign := range []int{-1, 1} {
			if got := dst[i*Lane]; got == got {
				t.Errorf("sign %d of NaN gives %g", sign, got)
			}
			if got := float64(dst[i*Lane+1]); !math.IsInf(got, sign) {
				t.Errorf("sign %d of +Inf gives %g", sign, got)
			}
			if got := dst[i*Lane+2]; got != 0 {
				t.Errorf("sign %d of 0 gives %g", sign, got)
			}
		}
	})
}

func TestSignedOfBadSizes(t *testing.T) {
	table, m, dst := make([]float32, SignTable), make([]float32, 65*16), make([]float32, 2*16)
	panics(t, "width", func() { SumSigns(table, m, 24, 24, 1) })
	panics(t, "stride", func() { SumSigns(table, m, 16, 15, 1) })
	panics(t, "too many rows", func() { SumSigns(table, m, 16, 16, 65) })
	panics(t, "no rows", func() { SumSigns(table, m, 16, 16, 0) })
	panics(t, "short m", func() { SumSigns(table, m[:31], 16, 16, 2) })
	one, two, sums := []uint16{1}, []uint16{1, 2}, table[:256]
	panics(t, "width", func() { AddSigned(dst, dst, table[:768], 48, 48, 1, one, 1) })
	panics(t, "short dst", func() { AddSigned(dst[:31], dst[:31], sums, 16, 16, 2, two, 1) })
	panics(t, "from", func() { AddSigned(dst, dst[:8], sums, 16, 16, 2, two, 1) })
	panics(t, "table", func() { AddSigned(dst, dst, table[:255], 16, 16, 2, two, 1) })
	panics(t, "no table", func() { AddSigned(dst, dst, nil, 16, 16, 2, two, 1) })
	panics(t, "groups", func() { AddSigned(dst, dst, table[:17*256], 16, 16, 2, make([]uint16, 9), 1) })
	panics(t, "bits", func() { AddSigned(dst, dst, sums, 16, 16, 2, two, 2) })
	panics(t, "bits of a row", func() { AddSigned(dst, dst, table[:5*256], 16, 16, 2, two, 1) })
	panics(t, "words", func() { AddSigned(dst, dst, sums, 16, 16, 2, two, -1) })
}

func FuzzSigned(f *testing.F) {
	f.Add(uint64(1), true, uint8(63), uint8(9))
	f.Fuzz(func(t *testing.T, seed uint64, wide bool, rows, n uint8) {
		const words = SignRows / Lane
		r := rand.New(rand.NewPCG(seed, 0))
		width, rowsOfM, rowsOfDst := Lane, 1+int(rows)%SignRows, 1+int(n)
		if wide {
			width = SignWidth
		}
		m, bits := floats(t, r, rowsOfM*width, 1), randomWords(r, rowsOfDst*words)
		want, table := make([]float32, rowsOfDst*width), signedTable(m, width, width, rowsOfM)
		addSignedGeneric(want, want, table, width, width, width, rowsOfDst, len(table)/signSums/width, bits, words)
		eachPath(t, func(t *testing.T) {
			got := make([]float32, len(want))
			AddSigned(got, got, SumSigns(make([]float32, SignTable), m, width, width, rowsOfM), width, width, rowsOfDst, bits, words)
			same(t, "rows", got, want)
		})
	})
}

func BenchmarkSumSigns(b *testing.B) {
	m, table := make([]float32, SignRows*MaxWidth), make([]float32, SignTable)
	benchEachPath(b, len(table), func() { SumSigns(table, m, SignWidth, MaxWidth, SignRows) })
}

// BenchmarkAddSigned is as many signs as a table takes, for 128 samples.
func BenchmarkAddSigned(b *testing.B) {
	const samples, words = 128, SignRows / Lane
	bits := randomWords(rand.New(rand.NewPCG(1, 2)), samples*words)
	for _, width := range []int{Lane, SignWidth} {
		table, dst := make([]float32, SignTable/SignWidth*width), make([]float32, samples*MaxWidth)
		b.Run(fmt.Sprintf("width=%d", width), func(b *testing.B) {
			benchEachPath(b, samples*SignRows*width, func() {
				AddSigned(dst, dst, table, width, MaxWidth, samples, bits, words)
			})
		})
	}
}
