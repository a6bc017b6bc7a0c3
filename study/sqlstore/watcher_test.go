package sqlstore_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/goal-search/goal-search/study"
)

// counting is a store that counts how often it is read.
type counting struct {
	study.Store
	events, trials int
}

func (c *counting) Events(ctx context.Context, studyID int64, f study.EventFilter, limit int) ([]study.Event, error) {
	c.events++
	return c.Store.Events(ctx, studyID, f, limit)
}

func (c *counting) Trials(ctx context.Context, studyID int64, f study.Filter) ([]study.Trial, error) {
	c.trials++
	return c.Store.Trials(ctx, studyID, f)
}

// TestWatcherReadsPages: trials are read once for a page of events, and what
// was not chosen once at all.
func TestWatcherReadsPages(t *testing.T) {
	ctx := t.Context()
	store := &counting{Store: mustOpen(t, filepath.Join(t.TempDir(), "store.db"))}
	defer store.Close()
	s := mustCreate(t, store, "first", 10)
	claim := study.Claim{Worker: "ada", TTL: 1e9}
	_, l, err := store.AddTrial(ctx, s.ID, study.Trial{Parameters: study.Parameters{"a": 0}}, claim)
	if err != nil {
		t.Fatal(err)
	}
	for epoch := range 240 {
		if err := store.AddMeasurement(ctx, l, study.Measurement{Epoch: epoch}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name                   string
		watch                  study.Watch
		numbers, events, reads int
	}{
		{"all", study.Watch{}, 242, 3, 3},
		{"without measurements", study.Watch{EventFilter: study.EventFilter{SkipMeasurements: true}}, 2, 1, 1},
		{"the last 150", study.Watch{Tail: 150}, 150, 2, 2},
	} {
		*store = counting{Store: store.Store}
		w, err := study.NewWatcher(ctx, store, s.ID, c.watch)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for {
			page, err := w.Next(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			got += len(page)
		}
		if _, err := w.Next(ctx); err != nil { // nothing happened since
			t.Fatal(err)
		}
		if got != c.numbers || store.events != c.events || store.trials != c.reads {
			t.Errorf("%s: got %d events in %d pages, reading trials %d times; want %d, %d, %d", c.name, got, store.events, store.trials, c.numbers, c.events, c.reads)
		}
	}
}

// TestWatcherEnds: what happens after a watch until now has begun is not in it.
func TestWatcherEnds(t *testing.T) {
	ctx := t.Context()
	store := mustOpen(t, filepath.Join(t.TempDir(), "store.db"))
	defer store.Close()
	s := mustCreate(t, store, "first", 10)
	enqueue := func() {
		t.Helper()
		if _, err := store.EnqueueTrial(ctx, s.ID, study.Parameters{"a": 0}, 1); err != nil {
			t.Fatal(err)
		}
	}
	enqueue()
	until, err := study.NewWatcher(ctx, store, s.ID, study.Watch{UntilNow: true})
	if err != nil {
		t.Fatal(err)
	}
	on, err := study.NewWatcher(ctx, store, s.ID, study.Watch{EventFilter: study.EventFilter{After: -1}})
	if err != nil {
		t.Fatal(err)
	}
	enqueue()
	two := 2
	none, err := study.NewWatcher(ctx, store, s.ID, study.Watch{EventFilter: study.EventFilter{Trial: &two}, UntilNow: true})
	if err != nil {
		t.Fatal(err)
	}
	if page, err := none.Next(ctx); len(page) != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("of a trial that is not there: got %+v, error %v, want error %v", page, err, io.EOF)
	}
	for name, c := range map[string]struct {
		watcher *study.Watcher
		trial   int
		then    error
	}{"until now": {until, 0, io.EOF}, "from now on": {on, 1, nil}} {
		page, err := c.watcher.Next(ctx)
		if err != nil || len(page) != 1 || page[0].TrialNow.Number != c.trial {
			t.Errorf("%s: got %+v, error %v, want the event of trial %d", name, page, err, c.trial)
		}
		if page, err := c.watcher.Next(ctx); len(page) != 0 || !errors.Is(err, c.then) {
			t.Errorf("%s: then got %+v, error %v, want error %v", name, page, err, c.then)
		}
	}
}
