package study

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// Watched is an event with its trial.
type Watched struct {
	Event
	TrialNow Trial `json:"trial_now,omitzero"` // as it was when the event was read; zero with StateChanged
}

// Watch says which events of a study somebody wants to see. Its zero value
// wants all that were and all that are yet to come.
type Watch struct {
	EventFilter               // After may be -1: only events that are yet to come
	MaxAge      time.Duration // of those that were, only what happened within this time; 0: all
	Tail        int           // of those that were, only the last so many; 0: all
	UntilNow    bool          // none that are yet to come
}

// Watcher gives the events of a study in their order.
type Watcher struct {
	store   Store
	studyID int64
	filter  EventFilter
	end     int64 // the last event that there was, with UntilNow; else 0
	ends    bool
}

// NewWatcher finds where the events begin that are wanted.
func NewWatcher(ctx context.Context, store Store, studyID int64, w Watch) (*Watcher, error) {
	last, err := store.LastEvent(ctx, studyID)
	if err != nil {
		return nil, err
	}
	f := w.EventFilter
	if f.After == -1 {
		f.After = last
	}
	if w.MaxAge > 0 || w.Tail > 0 {
		were := f
		were.UpTo = last
		if f.After, err = store.SkipEvents(ctx, studyID, were, w.MaxAge, w.Tail); err != nil {
			return nil, err
		}
	}
	return &Watcher{store: store, studyID: studyID, filter: f, end: last, ends: w.UntilNow}, nil
}

// watchedAtOnce bounds how many events a Watcher has in memory.
const watchedAtOnce = 100

// Next returns the next events; none: there are no more for now. io.EOF: none
// will come. After an error a Watcher is of no more use.
func (w *Watcher) Next(ctx context.Context) (page []Watched, err error) {
	if !w.ends {
		if w.end, err = w.store.LastEvent(ctx, w.studyID); err != nil {
			return nil, err
		}
	}
	events, err := w.read(ctx)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 && w.ends {
		return nil, io.EOF
	}
	return w.withTrials(ctx, events)
}

// read returns the next of the chosen events, up to the last one known.
func (w *Watcher) read(ctx context.Context) ([]Event, error) {
	if w.filter.After >= w.end {
		return nil, nil
	}
	w.filter.UpTo = w.end
	events, err := w.store.Events(ctx, w.studyID, w.filter, watchedAtOnce)
	if err != nil {
		return nil, err
	}
	w.filter.After = w.end // what was not chosen is not looked at again
	if len(events) == watchedAtOnce {
		w.filter.After = events[watchedAtOnce-1].Number
	}
	return events, nil
}

// withTrials adds the trials of events, which it reads all at once.
func (w *Watcher) withTrials(ctx context.Context, events []Event) ([]Watched, error) {
	trials, err := w.trialsOf(ctx, events)
	if err != nil {
		return nil, err
	}
	page := make([]Watched, len(events))
	for i, e := range events {
		page[i].Event = e
		if e.Kind == StateChanged {
			continue
		}
		t, ok := trials[e.Trial]
		if !ok {
			return nil, fmt.Errorf("trial %d of event %d: %w", e.Trial, e.Number, ErrNotFound)
		}
		page[i].TrialNow = t
	}
	return page, nil
}

// trialsOf returns the trials that events are about, by number.
func (w *Watcher) trialsOf(ctx context.Context, events []Event) (map[int]Trial, error) {
	trials := make(map[int]Trial)
	for _, e := range events {
		if e.Kind != StateChanged {
			trials[e.Trial] = Trial{}
		}
	}
	if len(trials) == 0 {
		return nil, nil
	}
	all, err := w.store.Trials(ctx, w.studyID, Filter{Numbers: slices.Sorted(maps.Keys(trials)), Deleted: true})
	clear(trials)
	for _, t := range all {
		trials[t.Number] = t
	}
	return trials, err
}
