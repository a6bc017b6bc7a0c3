package kernel

import (
	"math/rand/v2"
	"testing"
)

func TestNonZeroEqualsPlainLoop(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for n := range 200 {
			pixels := make([]byte, n+1)[1:]
			for i := range pixels {
				pixels[i] = byte(max(0, r.IntN(512)-256))
			}
			index, intactIndex := guarded[int32](t, n)
			value, intactValue := guarded[float32](t, n)
			got := NonZero(index, value, pixels, .5)
			k := 0
			for i, pixel := range pixels {
				if pixel == 0 {
					continue
				}
				if index[k] != int32(i) || value[k] != .5*float32(pixel) {
					t.Fatalf("length %d: entry %d is %d, %g; want %d, %g", n, k, index[k], value[k], i, .5*float32(pixel))
				}
				k++
			}
			if got != k {
				t.Fatalf("length %d: got %d entries, want %d", n, got, k)
			}
			intactIndex()
			intactValue()
		}
		panics(t, "index", func() { NonZero(make([]int32, 1), make([]float32, 2), make([]byte, 2), 1) })
	})
}

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

func TestListsOfImages(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for _, n := range []int{0, 1, 63, 64, 100, 129} {
			images := digitPixels(rand.New(rand.NewPCG(1, 2)), n)
			var rows, columns, want, again Lists
			rows.SetRows(images, .5)
			if rows.Rows() != n {
				t.Fatalf("%d images: got %d rows", n, rows.Rows())
			}
			columns.SetColumns(images, .5)
			if n == 0 {
				continue
			}
			want.Transpose(&rows, 784)
			same(t, "starts", columns.Start, want.Start)
			same(t, "indices", columns.Index, want.Index)
			same(t, "values", columns.Value, want.Value)
			again.Transpose(&columns, n)
			same(t, "starts", again.Start, rows.Start)
			same(t, "indices", again.Index, rows.Index)
			same(t, "values", again.Value, rows.Value)
			if allocations := testing.AllocsPerRun(3, func() {
				rows.SetRows(images, 1)
				columns.SetColumns(images, 1)
				want.Transpose(&rows, 784)
			}); allocations != 0 {
				t.Errorf("got %g allocations", allocations)
			}
		}
	})
}

func FuzzNonZero(f *testing.F) {
	f.Add([]byte{1, 0, 2})
	f.Fuzz(func(t *testing.T, pixels []byte) {
		n := len(pixels)
		wantIndex, wantValue := make([]int32, n), make([]float32, n)
		want := nonZeroGeneric(wantIndex, wantValue, pixels, 2, 0)
		eachPath(t, func(t *testing.T) {
			index, value := make([]int32, n), make([]float32, n)
			got := NonZero(index, value, pixels, 2)
			same(t, "indices", index[:got], wantIndex[:want])
			same(t, "values", value[:got], wantValue[:want])
		})
	})
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

func BenchmarkSetRows(b *testing.B) {
	images := digitPixels(rand.New(rand.NewPCG(1, 2)), 1024)
	var l Lists
	benchEachPath(b, 1024*784, func() { l.SetRows(images, 1) })
}

func BenchmarkSetColumns(b *testing.B) {
	images := digitPixels(rand.New(rand.NewPCG(1, 2)), 1024)
	var l Lists
	benchEachPath(b, 1024*784, func() { l.SetColumns(images, 1) })
}

func BenchmarkTransposeBytes(b *testing.B) {
	images := digitPixels(rand.New(rand.NewPCG(1, 2)), 1024)
	dst := make([]byte, 784*1088)
	benchEachPath(b, 1024*784, func() { TransposeBytes(dst, 1088, images) })
}

func BenchmarkListsTranspose(b *testing.B) {
	var l, columns Lists
	l.SetRows(digitPixels(rand.New(rand.NewPCG(1, 2)), 1024), 1)
	benchEachPath(b, len(l.Index), func() { columns.Transpose(&l, 784) })
}

func BenchmarkTransposeBits(b *testing.B) {
	m, dst := make([]uint16, 7*1024), make([]uint16, 7*1024)
	benchEachPath(b, len(m)*Lane, func() { TransposeBits(dst, m, 7) })
}
