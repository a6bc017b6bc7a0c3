//go:build reproduction

package trainer

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/goal-search/goal-search/internal/vectors"
	"github.com/goal-search/goal-search/trainer/dataset"
	"github.com/goal-search/goal-search/trainer/dataset/datasettest"
)

// published is what the authors report of setup 1 with 100 neurons on MNIST
// after 100 epochs: the range of the test error over their seeds.
var published = []struct {
	goal                          string
	testErrorLeast, testErrorMost float64
}{
	{"opt_1_100_tpe", 0.0446, 0.0507},
	{"naive", 0.0628, 0.0719},
}

// accuracies are those of one network at one epoch.
type accuracies struct{ validation, test float64 }

// TestPublishedAccuracy trains setup 1 at its published size with seeds 0 to 4
// and compares the median test error with the published range. It takes an
// hour on two cores: make reproduce.
func TestPublishedAccuracy(t *testing.T) {
	set := datasettest.MNIST(t)
	var goals struct {
		Goals map[string]struct{ Gamma []float64 }
	}
	vectors.Load(t, "goals.json", &goals)
	for _, p := range published {
		t.Run(p.goal, func(t *testing.T) {
			gamma := goals.Goals["infomorphic_context_lateral/"+p.goal].Gamma
			bySeed := trainSeeds(t, set, gamma, p.goal)
			for _, epoch := range []int{10, 40, 100} {
				validation, test := medians(bySeed, epoch)
				fmt.Printf("%s, epoch %d: median validation accuracy %.4f, median test error %.4f\n", p.goal, epoch, validation, 1-test)
				if epoch == 100 && (1-test < p.testErrorLeast || 1-test > p.testErrorMost) {
					t.Errorf("median test error %.4f lies outside the published %.4f to %.4f", 1-test, p.testErrorLeast, p.testErrorMost)
				}
			}
		})
	}
}

// trainSeeds trains a network for each seed, one on each core.
func trainSeeds(t *testing.T, set *dataset.Set, gamma []float64, name string) [5]map[int]accuracies {
	test, err := set.Test()
	if err != nil {
		t.Fatal(err)
	}
	var bySeed [5]map[int]accuracies
	var wait sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for seed := range bySeed {
		wait.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			c := DefaultConfig()
			c.Seed, c.Goal = uint64(seed), gamma
			r, err := NewRun(c, set, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			bySeed[seed] = trainAll(t, r, test, fmt.Sprintf("%s seed %d", name, seed))
		})
	}
	wait.Wait()
	return bySeed
}

func trainAll(t *testing.T, r *Run, test *dataset.Images, name string) map[int]accuracies {
	found := make(map[int]accuracies)
	var seconds float64
	for !r.Done() {
		e, err := r.NextEpoch(context.Background())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return nil
		}
		seconds += e.Seconds
		if e.Epoch != 10 && e.Epoch != 40 && e.Epoch != 100 {
			continue
		}
		accuracy, err := r.Evaluate(context.Background(), test)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return nil
		}
		found[e.Epoch] = accuracies{e.ValidationAccuracy, accuracy}
		fmt.Fprintf(os.Stderr, "%s, epoch %d: train %.4f, validation %.4f, test %.4f, %.2f s an epoch\n",
			name, e.Epoch, e.TrainAccuracy, e.ValidationAccuracy, accuracy, seconds/float64(e.Epoch+1))
	}
	return found
}

func medians(bySeed [5]map[int]accuracies, epoch int) (validation, test float64) {
	var v, w []float64
	for _, a := range bySeed {
		v, w = append(v, a[epoch].validation), append(w, a[epoch].test)
	}
	slices.Sort(v)
	slices.Sort(w)
	return v[len(v)/2], w[len(w)/2]
}
