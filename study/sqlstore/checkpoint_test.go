package sqlstore

import (
	"path/filepath"
	"testing"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore/mysqltest"
)

// TestNoStateIsLeftBehind counts the parts of states, which no foreign key holds
// to their trials.
func TestNoStateIsLeftBehind(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { leavesNoState(t, filepath.Join(t.TempDir(), "store.db")) })
	onServers(t, func(t *testing.T, _ *mysqltest.Server, where string) { leavesNoState(t, where) })
}

func leavesNoState(t *testing.T, where string) {
	t.Helper()
	store, s := openAt(t, where)
	parts := func(what string, want int) {
		t.Helper()
		var got int
		if err := store.reader.QueryRowContext(t.Context(), `SELECT count(*) FROM checkpoint_parts`).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s: %d parts, want %d", what, got, want)
		}
	}
	save := func(l study.Lease, epoch, size int) {
		t.Helper()
		if err := store.AddMeasurement(t.Context(), l, study.Measurement{Epoch: epoch}); err != nil {
			t.Fatal(err)
		}
		if err := store.SaveCheckpoint(t.Context(), l, epoch, make([]byte, size)); err != nil {
			t.Fatal(err)
		}
	}
	first, second := mustAdd(t, store, s, 0), mustAdd(t, store, s, 1)
	save(first, 0, 2*partMax+1)
	save(second, 0, partMax)
	parts("saved", 4)
	save(first, 1, partMax+1)
	parts("replaced", 3)
	if err := store.SaveCheckpoint(t.Context(), first, 0, []byte("late")); err == nil {
		t.Error("an older state was saved")
	}
	parts("refused", 3)
	if _, err := store.FinishTrial(t.Context(), first, study.Outcome{State: study.Complete}); err != nil {
		t.Fatal(err)
	}
	parts("finished", 1)
	if err := store.DeleteStudy(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	parts("deleted", 0)
	if err := store.SaveCheckpoint(t.Context(), second, 1, []byte("late")); err == nil {
		t.Error("a state of no trial was saved")
	}
	parts("refused", 0)
}
