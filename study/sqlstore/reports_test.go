package sqlstore

import (
	"context"
	"errors"
	"testing"

	"github.com/goal-search/goal-search/study"
)

// heldStore is a store of reports that waits for a word before it answers.
type heldStore struct {
	began chan []*report
	goOn  chan struct{}
}

func (h heldStore) store(ctx context.Context, all []*report) {
	h.began <- all
	select {
	case <-h.goOn:
	case <-ctx.Done():
	}
	for _, r := range all {
		r.err = ctx.Err()
		close(r.done)
	}
}

func newHeld() (*reports, heldStore) {
	return newReports(), heldStore{make(chan []*report), make(chan struct{})}
}

func reportOf(trial int) *report {
	return &report{lease: study.Lease{StudyID: 1, Number: trial}, done: make(chan struct{})}
}

func enqueue(t *testing.T, q *reports, h heldStore, all ...*report) {
	t.Helper()
	for _, r := range all {
		if err := q.add(r, h.store); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReportsThatComeMeanwhileAreStoredTogether(t *testing.T) {
	q, h := newHeld()
	enqueue(t, q, h, reportOf(0))
	<-h.began
	enqueue(t, q, h, reportOf(1), reportOf(2), reportOf(1), reportOf(3))
	other := reportOf(0)
	other.lease.StudyID = 2
	enqueue(t, q, h, other) // does not wait for study 1
	if got := <-h.began; len(got) != 1 || got[0] != other {
		t.Errorf("got %d reports, want the one of study 2", len(got))
	}
	h.goOn <- struct{}{}
	h.goOn <- struct{}{}
	for _, want := range []int{3, 1} { // two of trial 1 are not in one batch
		if got := <-h.began; len(got) != want {
			t.Errorf("got %d reports together, want %d", len(got), want)
		}
		h.goOn <- struct{}{}
	}
	q.close()
	if len(q.waiting) != 0 {
		t.Errorf("got %d studies waiting, want none", len(q.waiting))
	}
	if err := q.add(reportOf(0), h.store); err == nil {
		t.Error("a closed store took a report")
	}
}

func TestReportWhoseCallerLeaves(t *testing.T) {
	q, h := newHeld()
	first, second, third := reportOf(0), reportOf(1), reportOf(2)
	enqueue(t, q, h, first)
	<-h.began
	enqueue(t, q, h, second, third)
	if !q.leave(second) {
		t.Error("a report that waits could not be withdrawn")
	}
	if q.leave(first) {
		t.Error("the last caller left its batch")
	}
	if <-first.done; !errors.Is(first.err, context.Canceled) {
		t.Errorf("got error %v, want the transaction to end with its last caller", first.err)
	}
	if got := <-h.began; len(got) != 1 || got[0] != third {
		t.Errorf("got %d reports, want the one that was not withdrawn", len(got))
	}
	h.goOn <- struct{}{}
	if <-third.done; third.err != nil {
		t.Errorf("got error %v, want none", third.err)
	}
	q.close()
}

func TestOneCallerOfManyLeaves(t *testing.T) {
	q, h := newHeld()
	enqueue(t, q, h, reportOf(0))
	<-h.began
	stays, leaves := reportOf(1), reportOf(2)
	enqueue(t, q, h, stays, leaves)
	h.goOn <- struct{}{}
	<-h.began
	if !q.leave(leaves) {
		t.Error("one of two callers could not leave")
	}
	h.goOn <- struct{}{}
	if <-stays.done; stays.err != nil {
		t.Errorf("got error %v, want none", stays.err)
	}
	q.close()
}
