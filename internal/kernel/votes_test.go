package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestSumColumnsEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(15, 16))
		for _, rows := range []int{0, 1, 2, 7, 100} {
			x := floats(t, r, rows*Lane, 1e3)
			all, want := [Lane + 1]float64{3: guard, Lane: guard}, make([]float64, 4+r.IntN(Lane-3))
			got := all[:len(want):len(want)]
			after := copyOf(all[len(want):])
			SumColumns(got, x)
			sumColumnsGeneric(want, x)
			same(t, fmt.Sprintf("%d rows", rows), got, want)
			same(t, "guard", all[len(want):], after)
			if rows == 0 {
				continue
			}
			x[0], x[1], x[2] = float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))
			SumColumns(got, x)
			if !math.IsNaN(got[0]) || !math.IsInf(got[1], 1) || !math.IsInf(got[2], -1) || got[3] != want[3] {
				t.Fatalf("%d rows with NaN and infinities: got %v", rows, got[:4])
			}
		}
	})
}

// reading reads some of the first columns inverted and others never.
func reading(r *rand.Rand) (factor, summand []float32) {
	n := r.IntN(Lane + 1)
	factor, summand = make([]float32, n), make([]float32, n)
	for n := range factor {
		switch r.IntN(4) {
		case 0:
			summand[n] = float32(math.Inf(-1))
		case 1:
			factor[n], summand[n] = -1, 1
		default:
			factor[n] = 1
		}
	}
	return factor, summand
}

func TestCountHitsEqualsGeneric(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(17, 18))
		for rows := range 100 {
			x := floats(t, r, rows*Lane, 1)
			for i := range x {
				if n := r.IntN(100); n < len(special) {
					x[i] = special[n]
				} else if n < 50 {
					x[i] = float32(math.Round(float64(4*x[i]))) / 4 // so that some are equal
				}
			}
			factor, summand := reading(r)
			place := make([]uint8, rows)
			for i := range place {
				place[i] = uint8(r.IntN(Lane + 1))
			}
			got, want := CountHits(x, factor, summand, place), countHitsGeneric(x, factor, summand, place)
			if got != want {
				t.Fatalf("%d rows: got %d hits, want %d", rows, got, want)
			}
		}
	})
}

// TestCountHitsOfOneRow asks for each place of rows that only the definition
// decides.
func TestCountHitsOfOneRow(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for name, c := range map[string]struct {
		first []float32 // the rest is 0
		want  int
	}{
		"equal":             {[]float32{}, 0},
		"equal later":       {[]float32{-1, 2, 1, 2}, 1},
		"NaN":               {[]float32{nan, -1, nan, .5}, 3},
		"infinite":          {[]float32{-inf, 1, inf, inf}, 2},
		"only NaN":          {[]float32{nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan}, 0},
		"NaN and -infinity": {[]float32{nan, -inf, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan}, 0},
		"last":              {[]float32{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -.5}, 15},
	} {
		x := make([]float32, Lane)
		copy(x, c.first)
		eachPath(t, func(t *testing.T) {
			for place := range uint8(Lane) {
				if got := CountHits(x, row(1), row(0), []uint8{place}) == 1; got != (int(place) == c.want) {
					t.Errorf("%s: place %d hit is %t, want place %d", name, place, got, c.want)
				}
			}
		})
	}
}

func TestVotesPanic(t *testing.T) {
	x, sums := make([]float32, 2*Lane), make([]float64, Lane+1)
	panics(t, "half a row", func() { SumColumns(sums[:1], x[:24]) })
	panics(t, "too many sums", func() { SumColumns(sums, x) })
	panics(t, "no place", func() { CountHits(x, x[:3], x[:3], make([]uint8, 1)) })
	panics(t, "too many columns", func() { CountHits(x, x[:Lane+1], x[:Lane+1], make([]uint8, 2)) })
	panics(t, "no summand", func() { CountHits(x, x[:3], x[:2], make([]uint8, 2)) })
}

func FuzzCountHits(f *testing.F) {
	f.Add(float32(.1), float32(.2), float32(1), float32(0), uint8(3))
	f.Fuzz(func(t *testing.T, v, w, factor, summand float32, place uint8) {
		x, at := row(v), place%Lane
		x[at] = w
		factors, summands := row(factor), row(summand)
		want := countHitsGeneric(x, factors, summands, []uint8{at})
		eachPath(t, func(t *testing.T) {
			if got := CountHits(x, factors, summands, []uint8{at}); got != want {
				t.Errorf("got %d, want %d", got, want)
			}
		})
	})
}

func BenchmarkCountHits(b *testing.B) {
	const rows = 1024
	x, place := make([]float32, rows*Lane), make([]uint8, rows)
	for i := range x {
		x[i] = rand.Float32()
	}
	sums, factor, summand := make([]float64, 10), row(1)[:10], make([]float32, 10)
	benchEachPath(b, len(x), func() {
		SumColumns(sums, x)
		CountHits(x, factor, summand, place)
	})
}
