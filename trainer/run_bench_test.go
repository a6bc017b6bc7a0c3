package trainer

import (
	"fmt"
	"testing"

	"github.com/goal-search/goal-search/trainer/dataset"
	"github.com/goal-search/goal-search/trainer/dataset/datasettest"
)

// BenchmarkBatch is one training step of setup 1 with 100 hidden neurons on a
// batch of 1024 MNIST images, from trained weights.
func BenchmarkBatch(b *testing.B) {
	set := datasettest.MNIST(b)
	tr := loadTrace(b, "trace_trained")
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			c := DefaultConfig()
			c.Goal = tr.Goal
			n, err := newNetwork[float32](c, set.Train.Size(), threads)
			if err != nil {
				b.Fatal(err)
			}
			for i, p := range tr.Parameters {
				for j, v := range tr.start[i] {
					n.parameters()[parameterName(p.Name)].value[j] = float32(v)
				}
			}
			values := normalisedBytes[float32](dataset.Normalization{Mean: 33.31842, Std: 78.56749})
			chosen := tr.index[:1024]
			labels := labelsOf(set.Train, chosen)
			for step := 0; b.Loop(); step++ {
				n.load(set.Train, chosen, &values)
				n.train(labels, randomDrawer[float32]{1, uint64(step)}, true)
			}
		})
	}
}
