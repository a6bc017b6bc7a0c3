package sqlstore

import (
	"context"
	"errors"
	"sync"
)

// reportsAtOnce bounds how many reports a transaction stores.
const reportsAtOnce = 100

// reports are the measurements of many trials on their way into the database.
// Those of a study that come in while others of it are stored wait, and are
// then stored together: one transaction locks the study and waits for the disk
// once for all of them. Each alone would queue for the study's row, which it
// needs for the number of its event, until the one before is on the disk.
type reports struct {
	mu      sync.Mutex
	waiting map[int64][]*report // by study; a study has an entry while its reports are stored
	closed  bool
	storing sync.WaitGroup
}

// batch are the reports of one transaction.
type batch struct {
	callers int                // that wait for it; guarded by reports.mu
	cancel  context.CancelFunc // once none does
}

func newReports() *reports { return &reports{waiting: make(map[int64][]*report)} }

// add has the report stored, with others, by store.
func (q *reports) add(r *report, store func(ctx context.Context, all []*report)) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return errors.New("the store is closed")
	}
	id := r.lease.StudyID
	before, storing := q.waiting[id]
	q.waiting[id] = append(before, r)
	if !storing {
		q.storing.Go(func() { q.work(id, store) })
	}
	return nil
}

// work stores the study's reports until none is left.
func (q *reports) work(studyID int64, store func(ctx context.Context, all []*report)) {
	for {
		ctx, cancel := context.WithCancel(context.Background())
		all := q.take(studyID, cancel)
		if len(all) > 0 {
			store(ctx, all)
		}
		cancel()
		if len(all) == 0 {
			return
		}
	}
}

// take returns the next batch of the study's reports, at most one of a trial
// and of a request: in a batch none depends on another. None is left when it
// returns none.
func (q *reports) take(studyID int64, cancel context.CancelFunc) (all []*report) {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := &batch{cancel: cancel}
	trials, requests := make(map[int]bool), make(map[string]bool)
	var left []*report
	for _, r := range q.waiting[studyID] {
		again := trials[r.lease.Number] || r.request.ID != "" && requests[r.request.ID]
		if again || len(all) == reportsAtOnce {
			left = append(left, r)
			continue
		}
		trials[r.lease.Number], requests[r.request.ID] = true, true
		r.batch = b
		b.callers++
		all = append(all, r)
	}
	if q.waiting[studyID] = left; len(all) == 0 {
		delete(q.waiting, studyID)
	}
	return all
}

// leave lets a caller go. It may not when it is the last one that waits for its
// batch: the transaction then ends at once, and the report says how.
func (q *reports) leave(r *report) (gone bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if r.batch == nil {
		q.withdraw(r)
		return true
	}
	if r.batch.callers--; r.batch.callers > 0 {
		return true
	}
	r.batch.cancel()
	return false
}

// withdraw removes a report that waits.
func (q *reports) withdraw(r *report) {
	all := q.waiting[r.lease.StudyID]
	left := make([]*report, 0, len(all))
	for _, other := range all {
		if other != r {
			left = append(left, other)
		}
	}
	q.waiting[r.lease.StudyID] = left
}

// close takes no more reports and waits for those that are under way.
func (q *reports) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.storing.Wait()
}
