package sqlstore

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
)

// TestOldRequestsAreForgottenInParts: a day's backlog in one transaction would
// keep every call from the table for as long.
func TestOldRequestsAreForgottenInParts(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	store, _ := newStore(t, WithClock(func() time.Time { return now }))
	const old = 2*forgottenAtOnce + 500
	remembered := func(from, to int) {
		err := store.change(t.Context(), "fill", nothing, func(tx *transaction) error {
			var all []answered
			for i := from; i < to; i++ {
				all = append(all, answered{study.Request{ID: fmt.Sprint(i)}, "{}"})
			}
			return rememberAll(t.Context(), tx, all)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	remembered(0, old)
	now = now.Add(time.Hour)
	remembered(old, old+7)
	log := &statementLog{}
	store.writer = log.watch(t, store.writer)
	if err := store.ForgetRequests(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	parts := 0
	for _, s := range log.statements {
		if strings.HasPrefix(s, "DELETE FROM requests") {
			parts++
		}
	}
	var left int
	if err := raw(t, store.where).QueryRowContext(t.Context(), `SELECT count(*) FROM requests`).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if parts != 3 || left != 7 {
		t.Errorf("%d statements left %d requests, want 3 and 7", parts, left)
	}
	for _, statement := range log.distinct() {
		for _, step := range planOf(t, store.where, statement) {
			if !strings.HasPrefix(step, "SEARCH requests USING") {
				t.Errorf("%q in\n%s", step, statement)
			}
		}
	}
}
