package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/goal-search/goal-search/study"
)

// view is what watch shows to people: a line for every trial that finishes,
// and a last line of those that run.
type view struct {
	out      *statusWriter
	study    study.Study
	finished map[int]study.Trial // by number, deleted ones too
	best     *bestTrial
	running  map[int]string // what is known of a trial that runs
}

func newView(ctx context.Context, w io.Writer, k keeper, s study.Study) (*view, error) {
	trials, err := k.Trials(ctx, s.ID, study.Filter{Deleted: true})
	if err != nil {
		return nil, err
	}
	v := &view{out: newStatusWriter(w), study: s, finished: make(map[int]study.Trial), running: make(map[int]string)}
	for _, t := range trials {
		switch {
		case t.State.Finished():
			v.finished[t.Number] = t
			v.judge(t)
		case t.State == study.Running:
			v.running[t.Number] = ""
		}
	}
	return v, nil
}

func (v *view) judge(t study.Trial) {
	if t.State == study.Complete && !t.Deleted() && (v.best == nil || *t.Value > v.best.Value) {
		v.best = &bestTrial{t.Number, *t.Value}
	}
}

// begin introduces the study. Of one that has ended there is nothing to come.
func (v *view) begin() error {
	text := fmt.Sprintf("Study %s is %s: %d of %s finished", v.study.Name, stateText(v.study), len(v.finished), count(v.study.Budget.Trials, "trial"))
	text += deletedText(newStatus(v.study, slices.Collect(maps.Values(v.finished))).Deleted)
	if v.best != nil {
		text += fmt.Sprintf(", best %s (trial %d)", percent(v.best.Value), v.best.Trial)
	}
	v.out.line(text)
	v.out.status(v.statusLine())
	if hasEnded(v.study.State) {
		return errEnded
	}
	return nil
}

// event shows what happened.
func (v *view) event(w study.Watched) error {
	switch w.Kind {
	case study.StateChanged:
		v.study.State, v.study.StateReason = w.State, w.Reason
		v.out.line(fmt.Sprintf("Study %s is %s", v.study.Name, stateText(v.study)))
	case study.TrialStarted:
		v.running[w.TrialNow.Number] = ""
	case study.TrialMeasured:
		v.running[w.TrialNow.Number] = fmt.Sprintf(" epoch %d %s", w.Measurement.Epoch, percent(w.Measurement.Value))
	case study.TrialReleased:
		delete(v.running, w.TrialNow.Number)
		v.release(w.TrialNow)
	case study.TrialFinished:
		delete(v.running, w.TrialNow.Number)
		v.finish(w.TrialNow)
	case study.TrialDeleted:
		v.delete(w.TrialNow)
	}
	v.out.status(v.statusLine())
	return nil
}

// release says why a trial waits again.
func (v *view) release(t study.Trial) {
	if len(t.Attempts) > 0 {
		last := t.Attempts[len(t.Attempts)-1]
		v.out.line(fmt.Sprintf("trial %3d  %s by %s: %s", t.Number, last.Ended, last.Worker, firstLine(last.Reason)))
	}
}

func (v *view) finish(t study.Trial) {
	v.finished[t.Number] = t
	v.judge(t)
	if t.Value == nil {
		v.out.line(fmt.Sprintf("trial %3d  %s: %s", t.Number, t.State, firstLine(t.Reason)))
		return
	}
	best := ""
	if v.best != nil {
		best = fmt.Sprintf("best %s (trial %d)", percent(v.best.Value), v.best.Trial)
		if v.best.Trial == t.Number {
			best = "best so far"
		}
	}
	v.out.line(fmt.Sprintf("trial %3d  %8s  %s  %s", t.Number, percent(*t.Value), duration(tookOf(t)), best))
}

func (v *view) delete(t study.Trial) {
	v.finished[t.Number], v.best = t, nil
	text := fmt.Sprintf("trial %d  deleted", t.Number)
	if best, ok := study.Best(slices.Collect(maps.Values(v.finished))); ok {
		v.judge(best)
		text += fmt.Sprintf("; best %s (trial %d)", percent(v.best.Value), v.best.Trial)
	}
	v.out.line(text)
}

func (v *view) statusLine() string {
	parts := []string{fmt.Sprintf("%d of %d", len(v.finished), v.study.Budget.Trials)}
	for _, number := range slices.Sorted(maps.Keys(v.running)) {
		parts = append(parts, fmt.Sprintf("trial %d%s", number, v.running[number]))
	}
	return strings.Join(parts, " · ")
}
