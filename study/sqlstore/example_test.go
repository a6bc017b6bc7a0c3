package sqlstore_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
)

func Example() {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	if err := search(context.Background(), filepath.Join(folder, "store.db")); err != nil {
		log.Fatal(err)
	}
	// Output: trial 0 is complete with 0.95
}

// search makes a study and one trial of it.
func search(ctx context.Context, path string) error {
	store, err := sqlstore.Open(ctx, path)
	if err != nil {
		return err
	}
	defer store.Close()
	s, err := store.CreateStudy(ctx, study.Study{
		Name:   "first",
		Budget: study.Budget{Trials: 100},
		Spec: study.Spec{
			Space:   study.Space{{Name: "rate", Low: 1e-4, High: 0.1, Log: true}},
			Sampler: study.Sampler{Name: "random", Seed: 1},
		},
	})
	if err != nil {
		return err
	}
	point := study.Trial{Number: 0, Parameters: study.Parameters{"rate": 0.01}, Seed: s.Spec.TrainerSeed}
	_, lease, err := store.AddTrial(ctx, s.ID, point, study.Claim{Worker: "ada", TTL: time.Minute})
	if err != nil {
		return err
	}
	if err := store.AddMeasurement(ctx, lease, study.Measurement{Epoch: 0, Value: 0.9}); err != nil {
		return err
	}
	trial, err := store.FinishTrial(ctx, lease, study.Outcome{State: study.Complete, Value: 0.95})
	if err != nil {
		return err
	}
	fmt.Printf("trial %d is %s with %g\n", trial.Number, trial.State, *trial.Value)
	return nil
}
