//go:build linux

package chaos

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/goal-search/goal-search/internal/daemon"
	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/study"
)

// record is all that a store keeps of a study.
type record struct {
	study  study.Study
	trials []study.History // by number
	events []study.Event
}

// eventsMax is how many events are read at a time.
const eventsMax = 1000

func readRecord(t *testing.T, url string) (r record) {
	t.Helper()
	store, err := daemon.OpenStore(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if r.study, err = store.Study(t.Context(), studyName); err != nil {
		t.Fatal(err)
	}
	err = store.Histories(t.Context(), r.study.ID, func(h study.History) error {
		r.trials = append(r.trials, h)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for {
		page, err := store.Events(t.Context(), r.study.ID, study.EventFilter{After: int64(len(r.events))}, eventsMax)
		if err != nil {
			t.Fatal(err)
		}
		if r.events = append(r.events, page...); len(page) < eventsMax {
			return r
		}
	}
}

// attempts counts those that ended so.
func (r record) attempts(ended string) (n int) {
	for _, h := range r.trials {
		for _, a := range h.Attempts {
			if a.Ended == ended {
				n++
			}
		}
	}
	return n
}

// complete counts the trials that are.
func (r record) complete() (n int) {
	for _, h := range r.trials {
		if h.State == study.Complete {
			n++
		}
	}
	return n
}

// check holds a study that is complete to the contract of a trial.
func (r record) check(t *testing.T) {
	t.Helper()
	if r.study.State != study.StudyCompleted || len(r.trials) != r.study.Budget.Trials {
		t.Errorf("the study is %s with %d trials, want it completed with %d", r.study.State, len(r.trials), r.study.Budget.Trials)
	}
	epochs := r.epochs(t)
	ranks := make(map[int]bool)
	for i, h := range r.trials {
		if err := h.Validate(i); err != nil {
			t.Error(err)
		}
		ranks[h.Rank] = true
		if err := checkTrial(h, epochs); err != nil {
			t.Errorf("trial %d: %v", h.Number, err)
		}
	}
	for rank := 1; rank <= len(r.trials); rank++ {
		if !ranks[rank] {
			t.Errorf("no trial has rank %d", rank)
		}
	}
}

func (r record) epochs(t *testing.T) int {
	t.Helper()
	config, err := objective.DecodeConfig(r.study.Spec.Objective)
	if err != nil {
		t.Fatal(err)
	}
	return config.Epochs + 1 // the one without updates
}

// checkTrial tells whether the trial is complete, by its last attempt alone,
// with every epoch once of that attempt and those that it went on from.
func checkTrial(h study.History, epochs int) error {
	if h.State != study.Complete {
		return fmt.Errorf("it is %s: %s", h.State, h.Reason)
	}
	for i, a := range h.Attempts {
		last := i == len(h.Attempts)-1
		if last != (a.Ended == string(study.Complete)) {
			return fmt.Errorf("attempt %d of %d ended %q", a.Number, len(h.Attempts), a.Ended)
		}
		if i > 0 && a.StartedAt.Before(h.Attempts[i-1].EndedAt) {
			return fmt.Errorf("attempt %d began before the one before it ended", a.Number)
		}
	}
	for i, m := range h.Measurements {
		if i > 0 && m.Attempt == h.Measurements[i-1].Attempt && m.Epoch != h.Measurements[i-1].Epoch+1 {
			return fmt.Errorf("attempt %d: epoch %d follows epoch %d", m.Attempt, m.Epoch, h.Measurements[i-1].Epoch)
		}
	}
	whole := h.Epochs()
	for epoch, m := range whole {
		if m.Epoch != epoch {
			return fmt.Errorf("epoch %d stands where epoch %d should", m.Epoch, epoch)
		}
	}
	if len(whole) != epochs {
		return fmt.Errorf("it has %d epochs, want %d", len(whole), epochs)
	}
	if final := whole[epochs-1].Value; !same(final, *h.Value) {
		return fmt.Errorf("its value is %g, its last measurement %g", *h.Value, final)
	}
	return nil
}

func same(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

// checkDeleted tells whether the trials that the operator deleted are, and no
// others, each unseen from the trial on that was made next.
func (r record) checkDeleted(t *testing.T, deleted map[int]bool) {
	t.Helper()
	made := 0
	unseenFrom := make(map[int]int)
	for _, e := range r.events {
		switch e.Kind {
		case study.TrialCreated:
			made++
		case study.TrialDeleted:
			unseenFrom[e.Trial] = made
		}
	}
	for _, h := range r.trials {
		if h.Deleted() != deleted[h.Number] || h.UnseenFrom != unseenFrom[h.Number] {
			t.Errorf("trial %d is deleted: %t, the operator did so: %t; it is unseen from trial %d, deleted before trial %d",
				h.Number, h.Deleted(), deleted[h.Number], h.UnseenFrom, unseenFrom[h.Number])
		}
	}
}

// checkEvents tells whether the events are whole, and the same that the
// operator saw as they happened.
func (r record) checkEvents(t *testing.T, seen []study.Event) {
	t.Helper()
	finished := make(map[int]int)
	for i, e := range r.events {
		if e.Number != int64(i+1) {
			t.Fatalf("event %d follows %d events", e.Number, i)
		}
		if e.Kind == study.TrialFinished {
			finished[e.Trial]++
		}
	}
	for number := range r.trials {
		if finished[number] != 1 {
			t.Errorf("trial %d finished %d times in the events", number, finished[number])
		}
	}
	if len(seen) > len(r.events) || !reflect.DeepEqual(seen, r.events[:len(seen)]) {
		t.Errorf("the operator saw %d events, which are not the first of the %d that there are", len(seen), len(r.events))
	}
}
