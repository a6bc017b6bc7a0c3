package main

import (
	"context"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
)

// reader counts the trials that are read of a store.
type reader struct {
	study.Store
	trials int
}

func (r *reader) Trials(ctx context.Context, studyID int64, f study.Filter) ([]study.Trial, error) {
	trials, err := r.Store.Trials(ctx, studyID, f)
	r.trials += len(trials)
	return trials, err
}

// largeStudy has more finished trials than a command may read, of which the
// latest is the best, and one that runs.
func largeStudy(t *testing.T) (*reader, study.Study) {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	const finished = 3 * paceTrials
	s, err := store.CreateStudy(t.Context(), study.Study{
		Name: "large", Budget: study.Budget{Trials: 2 * finished},
		Spec: study.Spec{Space: study.Space{{Name: "a", Low: 0, High: 1}}, Sampler: study.Sampler{Name: "random"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for number := range finished + 1 {
		_, l, err := store.AddTrial(t.Context(), s.ID, study.Trial{Number: number, Parameters: study.Parameters{"a": 0.5}}, study.Claim{Worker: "ada", TTL: time.Hour})
		if err == nil && number < finished {
			_, err = store.FinishTrial(t.Context(), l, study.Outcome{State: study.Complete, Value: float64(number)})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return &reader{Store: store}, s
}

func TestStatusOfALargeStudyReadsFewTrials(t *testing.T) {
	r, s := largeStudy(t)
	got, err := readStatus(t.Context(), r, s)
	if err != nil {
		t.Fatal(err)
	}
	if got.Finished() != 3*paceTrials || len(got.Running) != 1 || got.Best == nil || got.Best.Trial != 3*paceTrials-1 || got.TrialsPerMinute == nil {
		t.Errorf("got %+v", got)
	}
	if want := paceTrials + 2; r.trials != want {
		t.Errorf("read %d trials, want %d: the latest, the best and the running one", r.trials, want)
	}
	r.trials = 0
	v, err := newView(t.Context(), io.Discard, r, s)
	if err != nil || v.finished != 3*paceTrials || len(v.running) != 1 || r.trials > paceTrials+2 {
		t.Errorf("watch begins with %+v after %d trials, error %v", v, r.trials, err)
	}
}
