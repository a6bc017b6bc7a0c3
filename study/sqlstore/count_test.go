package sqlstore

import (
	"slices"
	"strings"
	"testing"
)

// TestCountsReadNoTrial asks SQLite: trials are counted in an index that has
// their states, and only deleted ones are looked at.
func TestCountsReadNoTrial(t *testing.T) {
	store, s := newStore(t)
	log := &statementLog{}
	store.reader = log.watch(t, store.reader)
	if _, err := store.Counts(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, statement := range log.distinct() {
		steps = append(steps, planOf(t, store.where, statement)...)
	}
	for _, want := range []string{
		"SEARCH trials USING COVERING INDEX trials_by_state (study_id=?)",
		"SEARCH trials USING INDEX trials_by_deletion (study_id=? AND unseen_from>?)",
	} {
		if !slices.Contains(steps, want) {
			t.Errorf("got %q, want %q", steps, want)
		}
	}
}

// BenchmarkCounts counts the trials of a large study.
func BenchmarkCounts(b *testing.B) {
	onEveryEngine(b, func(b *testing.B, where string) {
		store, s := openAt(b, where)
		const trials = 100_000
		if strings.HasPrefix(where, "mysql://") {
			finishMany(b, store, s, 0, trials)
		} else {
			fillFast(b, store, s, trials)
		}
		for b.Loop() {
			c, err := store.Counts(b.Context(), s.ID)
			if err != nil || c.Finished() != trials {
				b.Fatalf("got %v, error %v, want %d finished trials", c, err, trials)
			}
		}
	})
}
