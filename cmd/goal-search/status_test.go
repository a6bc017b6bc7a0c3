package main

import (
	"context"
	"io"
	"path/filepath"
	"strings"
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

// largeStudy is one for other workers than the trainer. It has more finished
// trials than a command may read, of which the latest is the best, and one that
// runs.
func largeStudy(t *testing.T) (r *reader, s study.Study, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "store.db")
	store, err := sqlstore.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	const finished = 3 * paceTrials
	s, err = store.CreateStudy(t.Context(), study.Study{
		Name: "large", Budget: study.Budget{Trials: 2 * finished},
		Spec: study.Spec{Space: study.Space{{Name: "a", Low: 0, High: 1}}, Sampler: study.Sampler{Name: "random"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for number := range finished + 1 {
		_, l, err := store.AddTrial(t.Context(), s.ID, study.Trial{Number: number, Parameters: study.Parameters{"a": 0.5}}, study.Claim{Worker: "ada", TTL: time.Hour})
		if err == nil {
			err = store.AddMeasurement(t.Context(), l, study.Measurement{Epoch: 0, Value: -3.25})
		}
		if err == nil && number < finished {
			_, err = store.FinishTrial(t.Context(), l, study.Outcome{State: study.Complete, Value: -1 / float64(number+1)})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return &reader{Store: store}, s, path
}

func TestStatusOfALargeStudyReadsFewTrials(t *testing.T) {
	r, s, _ := largeStudy(t)
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

// TestValuesOfOtherWorkersAreNoPercentages asks every command that shows values
// about a study whose trials the trainer does not run.
func TestValuesOfOtherWorkersAreNoPercentages(t *testing.T) {
	_, _, path := largeStudy(t)
	for _, c := range []struct {
		command string
		want    []string
	}{
		{"status", []string{"best    -0.0166667 (trial 59)", "VALUE", " -3.25 "}},
		{"status --all", []string{" -0.0166667 "}},
		{"trials --limit 1", []string{"VALUE", " -1 "}},
		{"trials 1", []string{"value      -0.5", "VALUE", " -3.25"}},
		{"logs --epochs", []string{"epoch 0: -3.25", "complete -0.5 after"}},
	} {
		var stdout, stderr strings.Builder
		if code := run(append(strings.Fields(c.command), "--store", path), &stdout, &stderr); code != exitOK {
			t.Errorf("%s: exit code %d, %s", c.command, code, stderr.String())
		}
		for _, want := range c.want {
			if !strings.Contains(stdout.String(), want) {
				t.Errorf("%s: got\n%s\nwithout %q", c.command, stdout.String(), want)
			}
		}
		if strings.ContainsAny(stdout.String(), "%") {
			t.Errorf("%s: got\n%s\nwith percentages", c.command, stdout.String())
		}
	}
}
