package sqlstore_test

import (
	"testing"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
)

func mustOpen(t testing.TB, path string, opts ...sqlstore.Option) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), path, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustCreate(t testing.TB, store study.Store, name string, trials int) study.Study {
	t.Helper()
	s, err := store.CreateStudy(t.Context(), study.Study{
		Name:   name,
		Budget: study.Budget{Trials: trials},
		Spec: study.Spec{
			Space:   study.Space{{Name: "a", Low: -1, High: 1}},
			Sampler: study.Sampler{Name: "random"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustTrials(t testing.TB, store study.Store, s study.Study) []study.Trial {
	t.Helper()
	all, err := store.Trials(t.Context(), s.ID, study.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func mustMeasurements(t testing.TB, store study.Store, trial study.Trial) []study.Measurement {
	t.Helper()
	all, err := store.Measurements(t.Context(), trial.StudyID, trial.Number)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
