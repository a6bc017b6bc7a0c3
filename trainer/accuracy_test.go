package trainer

import (
	"math/rand/v2"
	"testing"

	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// TestRowAccuracyEqualsAccuracy decides between neurons that are often equal,
// and of which some are active.
func TestRowAccuracyEqualsAccuracy(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for batch := 1; batch <= 200; batch++ {
		layout := newTiling(dataset.Classes)
		theta, rows := make([]float32, dataset.Classes*batch), make([]float32, layout.size(batch))
		for i := range theta {
			theta[i] = float32(random.IntN(9)+(i/batch)%3) / 10
		}
		for i := range rows {
			rows[i] = 5 // in places without a neuron
		}
		layout.pack(rows, theta, batch)
		labels := make([]byte, batch)
		for b := range labels {
			labels[b] = byte(random.IntN(dataset.Classes))
		}
		got, want := rowAccuracy(rows, labels, dataset.Classes), accuracy(theta, labels)
		if got != want {
			t.Fatalf("%d samples, %s: got %g, want %g", batch, kernel.Current(), got, want)
		}
	}
}
