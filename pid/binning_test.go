package pid

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func assign(t *testing.T, b Binning, values ...float64) []uint8 {
	t.Helper()
	binner, err := NewBinner[float64](b)
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]uint8, len(values))
	binner.Assign(dst, values)
	return dst
}

func TestBins(t *testing.T) {
	published := FixedBinning(20, -20, 20)
	cases := []struct {
		name    string
		binning Binning
		value   float64
		want    uint8
	}{
		{"inner edge belongs to the lower bin", published, 0, 9},
		{"just above an edge", published, math.Nextafter(0, 1), 10},
		{"lowest edge", published, -20, 0},
		{"below the range", published, -1e9, 0},
		{"highest edge", published, 20, 19},
		{"above the range", published, 1e9, 19},
		{"infinite", published, math.Inf(1), 19},
		{"minus infinite", published, math.Inf(-1), 0},
		{"not a number", published, math.NaN(), 0},
		{"one bin", FixedBinning(1, 0, 1), 0.5, 0},
		{"adaptive, all zero", AdaptiveBinning(20), 0, 9},
		{"adaptive, the largest value", AdaptiveBinning(20), 1e-30, 19},
		{"adaptive, the most negative value", AdaptiveBinning(20), -1e30, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := assign(t, c.binning, c.value)[0]; got != c.want {
				t.Errorf("bin of %g: got %d, want %d", c.value, got, c.want)
			}
		})
	}
}

// TestBinsEqualSearch holds the guess-and-correct against a linear search.
func TestBinsEqualSearch(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		low := random.NormFloat64() * 10
		b := FixedBinning(1+random.IntN(60), low, low+0.1+random.ExpFloat64()*20)
		edges := b.Edges()
		values := append([]float64(nil), edges...)
		for range 100 {
			values = append(values, low+(b.High-low)*(1.4*random.Float64()-0.2))
		}
		for i, got := range assign(t, b, values...) {
			want := 0
			for want < b.Bins-1 && max(values[i], edges[0]+lowerMargin) > edges[want+1] {
				want++
			}
			if int(got) != want {
				t.Fatalf("%+v, value %.17g: got bin %d, want %d", b, values[i], got, want)
			}
		}
	}
}

func TestBinningValidate(t *testing.T) {
	cases := []struct {
		name    string
		binning Binning
		want    string
	}{
		{"no bins", FixedBinning(0, 0, 1), "bins 0"},
		{"too many", FixedBinning(257, 0, 1), "bins 257"},
		{"empty range", FixedBinning(20, 1, 1), "[1, 1]"},
		{"infinite range", FixedBinning(20, 0, math.Inf(1)), "[0, +Inf]"},
		{"no number", FixedBinning(20, math.NaN(), 1), "[NaN, 1]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := NewBinner[float32](c.binning)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}
