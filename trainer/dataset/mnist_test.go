package dataset_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
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

// realFile returns the path of a file of MNIST, plain or gzipped.
func realFile(t *testing.T, name string) string {
	t.Helper()
	for _, root := range []string{os.Getenv(dataset.DirVariable), dataset.DefaultDir()} {
		for _, pattern := range []string{filepath.Join(root, "mnist", name), filepath.Join(root, name)} {
			for _, path := range []string{pattern, pattern + ".gz"} {
				if _, err := os.Stat(path); root != "" && err == nil {
					return path
				}
			}
		}
	}
	t.Skipf("no %s, plain or .gz, in $%s or %s", name, dataset.DirVariable, dataset.DefaultDir())
	return ""
}

func TestMNISTIsTheOriginal(t *testing.T) {
	m, err := dataset.ManifestOf("mnist")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.Files {
		if original, err := m.Check(f.Name, realFile(t, f.Name)); err != nil || !original {
			t.Errorf("%s: original %v, %v; want true, nil", f.Name, original, err)
		}
	}
}

func TestMNISTIsNotTakenForFashionMNIST(t *testing.T) {
	path := realFile(t, "train-labels-idx1-ubyte")
	m, err := dataset.ManifestOf("fashion-mnist")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Check("train-labels-idx1-ubyte", path); !errors.Is(err, dataset.ErrInvalid) || !strings.Contains(err.Error(), "of mnist") {
		t.Errorf("%v, want ErrInvalid that names mnist", err)
	}
	if _, err := dataset.Open(dataset.Options{Name: "fashion-mnist", Dir: filepath.Dir(path)}); !errors.Is(err, dataset.ErrInvalid) {
		t.Errorf("Open: %v, want ErrInvalid", err)
	}
}

func TestMNISTTestPart(t *testing.T) {
	set := datasettest.MNIST(t)
	test, err := set.Test()
	if err != nil {
		t.Fatal(err)
	}
	if n := test.Len(); n != 10000 || test.Labels[0] != 7 {
		t.Errorf("%d test images, the first a %d; want 10000 and a 7", n, test.Labels[0])
	}
}

// CIFAR-10's pixels can come from copies, so only their shape is known.
func TestCIFAR10(t *testing.T) {
	set := datasettest.CIFAR10(t)
	if n, size := set.Train.Len(), set.Train.Size(); n != 50000 || size != 3072 {
		t.Errorf("%d images of %d bytes, want 50000 of 3072", n, size)
	}
	var classes [dataset.Classes]int
	for _, label := range set.Train.Labels {
		classes[label]++
	}
	for class, n := range classes {
		if n != 5000 {
			t.Errorf("class %d has %d images, want 5000", class, n)
		}
	}
}
