package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// packedLists are n lists of up to 20 entries for some rows, with unused ones
// between them.
func packedLists(r *rand.Rand, n, rows int) (first, last []uint32, entry []uint16) {
	for range n {
		first = append(first, uint32(len(entry)))
		for range r.IntN(20) {
			entry = append(entry, Pack(r.IntN(rows), byte(r.Uint32())))
		}
		last = append(last, uint32(len(entry)))
		entry = append(entry, Pack(rows, 0))
	}
	return first, last, entry
}

func randomTable(r *rand.Rand) (table [256]float32) {
	for i := range table {
		table[i] = r.Float32() - .5
	}
	return table
}

func TestAddPackedEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		table := randomTable(r)
		for width := Lane; width <= MaxWidth; width += Lane {
			for _, rows := range []int{1, 60, MaxPacked - 1} {
				for _, n := range []int{0, 1, 2, 30} {
					used := 1 + r.IntN(width)
					m := floats(t, r, rows*width, 1)
					first, last, entry := packedLists(r, n, rows)
					got, intact := guarded[float32](t, n*width)
					clear(got)
					want := make([]float32, n*width)
					AddPacked(got, m, width, used, first, last, entry, &table)
					addPackedGeneric(want, m, width, width, first, last, entry, &table)
					for i := range n {
						near(t, "sums", got[i*width:][:used], want[i*width:][:used], 2e-6, 0)
					}
					intact()
				}
			}
		}
	})
}

func TestAddPackedKeepsNaNAndInfinity(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		table := [256]float32{1, -2}
		for width := Lane; width <= MaxWidth; width += Lane {
			m, dst := make([]float32, 2*width), make([]float32, width)
			m[0], m[width+3] = float32(math.NaN()), float32(math.Inf(1))
			AddPacked(dst, m, width, width, []uint32{0}, []uint32{2}, []uint16{Pack(0, 0), Pack(1, 1)}, &table)
			if dst[0] == dst[0] || dst[3] != float32(math.Inf(-1)) || dst[1] != 0 {
				t.Errorf("width %d: got %v", width, dst[:4])
			}
		}
	})
}

// TestTurnPackedEqualsGeneric appends to lists that hold something already.
func TestTurnPackedEqualsGeneric(t *testing.T) {
	const rows, room = 9, 1024
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for n := range MaxPacked + 1 {
			first, last, entry := packedLists(r, n, rows)
			var end, wantEnd []uint32
			for i := range rows {
				end = append(end, uint32(i*room+i))
			}
			wantEnd = slices.Clone(end)
			got, intact := guarded[uint16](t, rows*room)
			want := slices.Clone(got)
			TurnPacked(got, end, first, last, entry)
			turnPackedGeneric(want, wantEnd, first, last, entry)
			if !slices.Equal(got, want) || !slices.Equal(end, wantEnd) {
				t.Fatalf("%d lists: the turned ones differ", n)
			}
			intact()
		}
	})
}

// TestTurnPackedTransposes adds up by column what AddPacked does by row.
func TestTurnPackedTransposes(t *testing.T) {
	const n, rows, room = 30, 7, 64
	r := rand.New(rand.NewPCG(5, 6))
	table := randomTable(r)
	first, last, entry := packedLists(r, n, rows)
	dense := make([]float32, n*rows) // [list][row]
	for i := range first {
		for _, e := range entry[first[i]:last[i]] {
			dense[i*rows+int(e>>8)] += table[e&255]
		}
	}
	turned, start, end := make([]uint16, rows*room), make([]uint32, rows), make([]uint32, rows)
	for i := range start {
		start[i], end[i] = uint32(i*room), uint32(i*room)
	}
	TurnPacked(turned, end, first, last, entry)
	for i := range start {
		got := make([]float32, n)
		for _, e := range turned[start[i]:end[i]] {
			got[e>>8] += table[e&255]
		}
		for list, v := range got {
			if v != dense[list*rows+i] {
				t.Fatalf("list %d, row %d: got %g, want %g", list, i, v, dense[list*rows+i])
			}
		}
	}
}

func TestPackedOfBadSizes(t *testing.T) {
	m, dst, table := make([]float32, 64), make([]float32, 32), new([256]float32)
	zero, two, entry := []uint32{0}, []uint32{2}, []uint16{0}
	panics(t, "width", func() { AddPacked(dst[:24], m, 24, 24, zero, zero, entry, table) })
	panics(t, "wide", func() { AddPacked(make([]float32, 128), m, 128, 128, zero, zero, entry, table) })
	panics(t, "dst", func() { AddPacked(dst, m, 16, 16, zero, zero, entry, table) })
	panics(t, "nothing used", func() { AddPacked(dst, m, 32, 0, zero, zero, entry, table) })
	panics(t, "more used", func() { AddPacked(dst, m, 32, 33, zero, zero, entry, table) })
	panics(t, "no end", func() { AddPacked(dst, m, 32, 32, zero, nil, entry, table) })
	panics(t, "last", func() { AddPacked(dst, m, 32, 32, zero, two, entry, table) })
	panics(t, "order", func() { AddPacked(dst, m, 32, 32, two, zero, entry, table) })
	panics(t, "many", func() { TurnPacked(nil, nil, make([]uint32, MaxPacked+1), make([]uint32, MaxPacked+1), entry) })
	panics(t, "range", func() { TurnPacked(nil, nil, zero, two, entry) })
}

func FuzzPacked(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(5))
	f.Fuzz(func(t *testing.T, seed uint64, lanes, n uint8) {
		const rows, room = 9, 20 * 256
		width := Lane * (1 + int(lanes)%7)
		r := rand.New(rand.NewPCG(seed, 0))
		table := randomTable(r)
		first, last, entry := packedLists(r, int(n), rows)
		m := floats(t, r, rows*width, 1)
		want := make([]float32, width*int(n))
		addPackedGeneric(want, m, width, width, first, last, entry, &table)
		var end [rows]uint32
		for i := range end {
			end[i] = uint32(i * room)
		}
		wantEnd, wantTurned := end, make([]uint16, rows*room)
		turnPackedGeneric(wantTurned, wantEnd[:], first, last, entry)
		eachPath(t, func(t *testing.T) {
			got, end, turned := make([]float32, len(want)), end, make([]uint16, rows*room)
			AddPacked(got, m, width, width, first, last, entry, &table)
			near(t, "sums", got, want, 2e-6, 0)
			TurnPacked(turned, end[:], first, last, entry)
			if end != wantEnd || !slices.Equal(turned, wantTurned) {
				t.Error("the turned lists differ")
			}
		})
	})
}

// BenchmarkAddPacked is a segment of 112 pixels for 128 samples.
func BenchmarkAddPacked(b *testing.B) {
	const rows, lists, each = 112, 128, 21
	for _, width := range []int{16, 64, 112} {
		m, dst, table := make([]float32, rows*width), make([]float32, lists*width), new([256]float32)
		first, last, entry := evenLists(lists, rows, each)
		b.Run(fmt.Sprintf("width=%d", width), func(b *testing.B) {
			benchEachPath(b, len(entry)*width, func() { AddPacked(dst, m, width, width, first, last, entry, table) })
		})
	}
}

func BenchmarkTurnPacked(b *testing.B) {
	const rows, lists, each, room = 112, 64, 21, 72
	first, last, entry := evenLists(lists, rows, each)
	turned, start, end := make([]uint16, rows*room), make([]uint32, rows), make([]uint32, rows)
	for i := range start {
		start[i] = uint32(i * room)
	}
	benchEachPath(b, len(entry), func() {
		copy(end, start)
		TurnPacked(turned, end, first, last, entry)
	})
}

// evenLists all have that many entries, of different rows.
func evenLists(n, rows, each int) (first, last []uint32, entry []uint16) {
	for range n {
		first = append(first, uint32(len(entry)))
		for _, row := range rand.Perm(rows)[:each] {
			entry = append(entry, Pack(row, byte(rand.Uint32())))
		}
		last = append(last, uint32(len(entry)))
	}
	return first, last, entry
}
