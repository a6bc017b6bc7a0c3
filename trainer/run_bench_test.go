package trainer

import (
	"fmt"
	"testing"

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
			n := mustNetwork(b, c, set.Train.Size(), threads)
			for i, p := range tr.Parameters {
				tracedNetwork{n}.start(parameterName(p.Name), tr.start[i])
			}
			chosen := tr.index[:1024]
			labels := labelsOf(set.Train, chosen)
			b.ReportAllocs()
			for step := uint64(0); b.Loop(); step++ {
				n.train(n.load(set.Train, chosen, true), labels, randomDrawer{step}, true)
			}
		})
	}
}

func mustNetwork(t testing.TB, c Config, pixels, threads int) *network {
	t.Helper()
	n, err := newNetwork(c, pixels, traceScale, threads)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
