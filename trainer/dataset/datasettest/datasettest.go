// Package datasettest gives tests of other packages the real data sets.
package datasettest

import (
	"errors"
	"testing"

	"github.com/goal-search/goal-search/trainer/dataset"
)

// MNIST returns MNIST as dataset.Open finds it in $GOAL_SEARCH_DATA or in the
// user's data folder. Where it is missing the test is skipped, with the files
// that are missing and how to get them; anything else wrong with it fails.
func MNIST(t testing.TB) *dataset.Set { return open(t, "mnist") }

// CIFAR10 is MNIST for CIFAR-10.
func CIFAR10(t testing.TB) *dataset.Set { return open(t, "cifar10") }

func open(t testing.TB, name string) *dataset.Set {
	t.Helper()
	set, err := dataset.Open(dataset.Options{Name: name})
	if errors.Is(err, dataset.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return set
}
