package coordinator

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
)

// asked is a store that counts what it is asked for trials.
type asked struct {
	study.Store
	forTrials int
}

func (a *asked) Trials(ctx context.Context, studyID int64, f study.Filter) ([]study.Trial, error) {
	a.forTrials++
	return a.Store.Trials(ctx, studyID, f)
}

// TestRefreshAsksOnceForAllStudies: workers that wait make it do so all the time.
func TestRefreshAsksOnceForAllStudies(t *testing.T) {
	store := &asked{Store: open(t, filepath.Join(t.TempDir(), "studies.db"))}
	runningIn(t, store, 3, func(i int) int { return i })
	if err := store.SetStudyState(t.Context(), 1, study.StudyPaused, ""); err != nil {
		t.Fatal(err)
	}
	d := newDispatcher(store)
	if err := d.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	running := make(map[int64]int)
	for id, k := range d.desks {
		running[id] = k.running
	}
	if want := map[int64]int{2: 1, 3: 2}; store.forTrials != 0 || !maps.Equal(running, want) {
		t.Errorf("asked %d times for trials, counts %v; want 0 and %v", store.forTrials, running, want)
	}
}

// BenchmarkRefresh reads a thousand studies with a running trial each: with a query
// for all, and with one for each of them.
func BenchmarkRefresh(b *testing.B) {
	d := newDispatcher(open(b, filepath.Join(b.TempDir(), "studies.db")))
	runningIn(b, d.store, 1000, func(int) int { return 1 })
	for name, refresh := range map[string]func(context.Context) error{
		"at once": func(ctx context.Context) error {
			d.readAt = time.Time{}
			return d.refresh(ctx)
		},
		"each": func(ctx context.Context) error {
			all, err := d.store.Studies(ctx)
			for _, s := range all {
				if _, err := d.store.Trials(ctx, s.ID, study.Filter{States: []study.TrialState{study.Running}}); err != nil {
					return err
				}
			}
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := refresh(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// runningIn makes studies, each with so many trials that run.
func runningIn(t testing.TB, store study.Store, studies int, running func(study int) int) {
	t.Helper()
	for i := range studies {
		s := testStudy(9)
		s.Name = fmt.Sprint(i)
		s, err := store.CreateStudy(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		for number := range running(i) {
			_, _, err := store.AddTrial(t.Context(), s.ID, study.Trial{Number: number}, study.Claim{Worker: "ada/1", TTL: DefaultLeaseTTL})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}
