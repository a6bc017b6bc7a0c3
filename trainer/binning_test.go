package trainer

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/pid"
)

// TestRowBinningEqualsBinner bins edges, their neighbours and other values as
// pid.Binner does.
func TestRowBinningEqualsBinner(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, b := range []pid.Binning{
		pid.AdaptiveBinning(20), pid.AdaptiveBinning(1), pid.AdaptiveBinning(256), pid.FixedBinning(20, -20, 20),
		pid.FixedBinning(7, -0.3, 11.1), pid.FixedBinning(50, 3, 3.002), pid.FixedBinning(60, -1e6, 1e-3),
	} {
		rows, err := newRowBinning(b)
		if err != nil {
			t.Fatal(err)
		}
		binner, err := pid.NewBinner[float32](b)
		if err != nil {
			t.Fatal(err)
		}
		for _, special := range [][]float32{nil, {float32(math.NaN())}, {float32(math.Inf(1))}, {float32(math.Inf(-1))}} {
			values := append(valuesAround(b, random), special...)
			want := make([]uint8, len(values))
			binner.Assign(want, values)
			for i, got := range binRows(rows, values) {
				if n := i % kernel.Lane; got != uint16(want[(i/kernel.Lane+n)%len(want)]) {
					i = (i/kernel.Lane + n) % len(want)
					t.Errorf("%+v: bin of %g in column %d beside %v: got %d, want %d", b, values[i], n, special, got, want[i])
				}
			}
		}
	}
}

// binRows bins rows whose columns hold the values, each turned by one place.
func binRows(b *rowBinning, values []float32) []uint16 {
	rows := make([]float32, len(values)*kernel.Lane)
	for i := range rows {
		rows[i] = values[(i/kernel.Lane+i%kernel.Lane)%len(values)]
	}
	cells := make([]uint16, len(rows))
	b.append(cells, rows, kernel.Lane, kernel.Lane)
	return cells
}

// valuesAround returns float32 at, below and above all edges, and at random.
func valuesAround(b pid.Binning, random *rand.Rand) []float32 {
	var values []float32
	for _, edge := range b.Edges() {
		v := float32(edge)
		up, down := math.Nextafter32(v, math.MaxFloat32), math.Nextafter32(v, -math.MaxFloat32)
		values = append(values, v, up, down, math.Nextafter32(up, math.MaxFloat32))
	}
	for range 1000 {
		values = append(values, float32(b.Low+(b.High-b.Low)*(1.2*random.Float64()-0.1)))
	}
	return values
}
