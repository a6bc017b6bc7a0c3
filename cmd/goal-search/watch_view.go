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
	finished map[int]bool // trials
	best     *bestTrial
	running  map[int]string // what is known of a trial that runs
}

func newView(ctx context.Context, w io.Writer, k keeper, s study.Study) (*view, error) {
	trials, err := k.Trials(ctx, s.ID, study.Filter{})
	if err != nil {
		return nil, err
	}
	v := &view{out: newStatusWriter(w), study: s, finished: make(map[int]bool), running: make(map[int]string)}
	for _, t := range trials {
		switch {
		case t.State.Finished():
			v.finished[t.Number] = true
			v.judge(t)
		case t.State == study.Running:
			v.running[t.Number] = ""
		}
	}
	return v, nil
}

func (v *view) judge(t study.Trial) {
	if t.State == study.Complete && (v.best == nil || *t.Value > v.best.Value) {
		v.best = &bestTrial{t.Number, *t.Value}
	}
}

// begin introduces the study. Of one that has ended there is nothing to come.
func (v *view) begin() error {
	text := fmt.Sprintf("Study %s is %s: %d of %s finished", v.study.Name, stateText(v.study), len(v.finished), count(v.study.Budget.Trials, "trial"))
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
	case study.TrialFinished:
		delete(v.running, w.TrialNow.Number)
		v.finish(w.TrialNow)
	}
	v.out.status(v.statusLine())
	return nil
}

func (v *view) finish(t study.Trial) {
	v.finished[t.Number] = true
	v.judge(t)
	if t.Value == nil {
		v.out.line(fmt.Sprintf("trial %d  %s: %s", t.Number, t.State, firstLine(t.Reason)))
		return
	}
	best := ""
	if v.best != nil {
		best = fmt.Sprintf("best %s (trial %d)", percent(v.best.Value), v.best.Trial)
		if v.best.Trial == t.Number {
			best = "best so far"
		}
	}
	v.out.line(fmt.Sprintf("trial %d  %8s  %s  %s", t.Number, percent(*t.Value), duration(tookOf(t)), best))
}

func (v *view) statusLine() string {
	parts := []string{fmt.Sprintf("%d of %d", len(v.finished), v.study.Budget.Trials)}
	for _, number := range slices.Sorted(maps.Keys(v.running)) {
		parts = append(parts, fmt.Sprintf("trial %d%s", number, v.running[number]))
	}
	return strings.Join(parts, " · ")
}
