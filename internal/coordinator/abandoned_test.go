package coordinator

import (
	"strings"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
)

// TestTrialsOfEndedStudiesAreReleased: nobody takes a trial there any more, so
// that of a worker that died would run for ever.
func TestTrialsOfEndedStudiesAreReleased(t *testing.T) {
	for state, want := range map[study.StudyState]study.TrialState{
		study.StudyActive: study.Running, study.StudyPaused: study.Waiting, study.StudyCompleted: study.Waiting, study.StudyAborted: study.Failed,
	} {
		t.Run(string(state), func(t *testing.T) {
			now := &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
			c, store := start(t, 3, sqlstore.WithClock(now.read))
			take(t, c)
			if err := store.SetStudyState(t.Context(), c.study.ID, state, "enough"); err != nil {
				t.Fatal(err)
			}
			d := newDispatcher(store)
			now.advance(DefaultLeaseTTL + silenceMax - time.Second)
			for _, want := range []study.TrialState{study.Running, want} {
				happened := d.NextEvent()
				if err := d.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
				trial, err := store.Trial(t.Context(), c.study.ID, 0)
				if err != nil || trial.State != want {
					t.Errorf("the trial is %s, error %v, want %s", trial.State, err, want)
				}
				if trial.State == study.Failed && !strings.Contains(trial.Reason, "the study is aborted: enough") {
					t.Errorf("it failed because of %q", trial.Reason)
				}
				select {
				case <-happened:
				default:
					if trial.State != study.Running {
						t.Error("who watches the study was not told")
					}
				}
				now.advance(time.Second)
			}
		})
	}
}
