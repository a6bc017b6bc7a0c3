package dataset_test

import (
	"math"
	"testing"

	"github.com/goal-search/goal-search/trainer/dataset"
	"github.com/goal-search/goal-search/trainer/dataset/datasettest"
)

// The numbers are those of the authors' run (notes on the authors' code,
// section 9), to the 5 decimals given there.
func TestMNISTNormalization(t *testing.T) {
	set := datasettest.MNIST(t)
	want := dataset.Normalization{Mean: 33.31842, Std: 78.56749}
	got := set.Normalization
	if math.Abs(got.Mean-want.Mean) > 5e-6 || math.Abs(got.Std-want.Std) > 5e-6 {
		t.Errorf("normalization %+v, want %+v", got, want)
	}
	if n, size := set.Train.Len(), set.Train.Size(); n != 60000 || size != 784 {
		t.Errorf("%d images of %d bytes, want 60000 of 784", n, size)
	}
}
