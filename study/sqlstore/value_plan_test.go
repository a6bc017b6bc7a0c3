package sqlstore

import (
	"strings"
	"testing"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore/mysqltest"
)

// pagesByValue reads the best trial, the first page and one from the middle,
// in a study whose trials are all complete with equal values.
func pagesByValue(t *testing.T, store *Store, s study.Study, middle study.Place) {
	t.Helper()
	least := 0.25
	for _, f := range []study.Filter{
		{Limit: 1, States: []study.TrialState{study.Complete}},
		{Limit: 10},
		{Limit: 10, After: &middle},
		{Limit: 10, After: &middle, MinValue: &least, States: []study.TrialState{study.Complete, study.Pruned}},
		{Limit: 10, After: &middle, Worker: "ada"},
	} {
		f.Order = study.ByValue
		page, err := store.Trials(t.Context(), s.ID, f)
		if err != nil || len(page) != f.Limit {
			t.Fatalf("got %d trials, error %v, want %d", len(page), err, f.Limit)
		}
	}
}

// TestPagesByValueAreReadInOrder asks SQLite: every page comes from the index
// of values as it lies there, with nothing to sort.
func TestPagesByValueAreReadInOrder(t *testing.T) {
	store, s := newStore(t)
	fill(t, store, s, 0, 40)
	log := &statementLog{}
	store.reader = log.watch(t, store.reader)
	pagesByValue(t, store, s, study.Place{Value: 1, Number: 20})
	pages := 0
	for _, statement := range log.distinct() {
		if !strings.Contains(statement, "FROM trials t") {
			continue
		}
		pages++
		plan := planOf(t, store.where, statement)
		for i, step := range plan {
			ofPage := strings.HasPrefix(step, "SEARCH t USING INDEX trials_by_value (study_id=? AND value")
			ofTrial := strings.HasPrefix(step, "CORRELATED SCALAR SUBQUERY") || oneRow.MatchString(step)
			if i == 0 && !ofPage || i > 0 && !ofTrial {
				t.Errorf("%q in\n%s", plan, statement)
			}
		}
	}
	if pages != 5 { // no page after a place needs smaller values
		t.Errorf("got %d statements, want 5", pages)
	}
}

// TestServersReadPagesByValue counts the rows that a server touches for a
// page: with thousands of trials as many as with a few.
func TestServersReadPagesByValue(t *testing.T) {
	onServers(t, func(t *testing.T, _ *mysqltest.Server, where string) {
		store, s := openAt(t, where)
		store.writer.SetMaxOpenConns(1) // the count is the connection's own
		finishMany(t, store, s, 0, 30)
		before := rowsTouched(t, store, func() { pagesByValue(t, store, s, study.Place{Value: 0.5, Number: 15}) })
		const finished = 3000
		finishMany(t, store, s, 30, finished)
		after := rowsTouched(t, store, func() { pagesByValue(t, store, s, study.Place{Value: 0.5, Number: finished / 2}) })
		if before < 10 || after > before {
			t.Errorf("touched %d rows with 30 trials, %d with %d more", before, after, finished)
		}
	})
}
