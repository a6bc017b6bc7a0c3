package coordinator

import (
	"testing"

	"github.com/goal-search/goal-search/study"
)

// TestEndingATrialDoesNotWait has a trial end while another goroutine is at the
// study: that one completes the study when it leaves.
func TestEndingATrialDoesNotWait(t *testing.T) {
	c, store := start(t, 1)
	_, lease := take(t, c)
	if err := c.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	finish(t, c, lease, 1)
	if err := c.Settle(t.Context()); err != nil {
		t.Error(err)
	}
	state := func() study.StudyState {
		s, err := store.StudyByID(t.Context(), c.study.ID)
		if err != nil {
			t.Fatal(err)
		}
		return s.State
	}
	if got := state(); got != study.StudyActive {
		t.Errorf("while another one is at it, the study is %s, want it active still", got)
	}
	c.leave(t.Context())
	if got := state(); got != study.StudyCompleted {
		t.Errorf("once that one has left, the study is %s, want it completed", got)
	}
}
