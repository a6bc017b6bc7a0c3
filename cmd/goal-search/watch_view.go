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
	finished int // trials, deleted ones too
	deleted  int
	best     *bestTrial
	running  map[int]string // what is known of a trial that runs
	readBest func() (*bestTrial, error)
}

func newView(ctx context.Context, w io.Writer, k keeper, s study.Study) (*view, error) {
	r, err := readStatus(ctx, k, s)
	if err != nil {
		return nil, err
	}
	v := &view{
		out: newStatusWriter(w), study: s, finished: r.Finished(), deleted: r.Deleted, best: r.Best, running: make(map[int]string),
		readBest: func() (*bestTrial, error) { return readBest(ctx, k, s) },
	}
	for _, t := range r.Running {
		v.running[t.Trial] = ""
		if t.Epoch != nil {
			v.running[t.Trial] = v.epochText(*t.Epoch, *t.Value)
		}
	}
	return v, nil
}

// begin introduces the study. Of one that has ended there is nothing to come.
func (v *view) begin() error {
	text := fmt.Sprintf("Study %s is %s: %d of %s finished", v.study.Name, stateText(v.study), v.finished, count(v.study.Budget.Trials, "trial"))
	text += deletedText(v.deleted)
	if v.best != nil {
		text += fmt.Sprintf(", best %s (trial %d)", valueText(v.study, v.best.Value), v.best.Trial)
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
		v.running[w.TrialNow.Number] = v.epochText(w.Measurement.Epoch, w.Measurement.Value)
	case study.TrialReleased:
		delete(v.running, w.TrialNow.Number)
		v.release(w.TrialNow)
	case study.TrialFinished:
		delete(v.running, w.TrialNow.Number)
		v.finish(w.TrialNow)
	case study.TrialDeleted:
		if err := v.delete(w.TrialNow); err != nil {
			return err
		}
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
	v.finished = max(v.finished, t.Rank) // the event may be older than the count
	if t.State == study.Complete && !t.Deleted() && (v.best == nil || *t.Value > v.best.Value) {
		v.best = &bestTrial{t.Number, *t.Value}
	}
	if t.Value == nil {
		v.out.line(fmt.Sprintf("trial %3d  %s: %s", t.Number, t.State, firstLine(t.Reason)))
		return
	}
	best := ""
	if v.best != nil {
		best = fmt.Sprintf("best %s (trial %d)", valueText(v.study, v.best.Value), v.best.Trial)
		if v.best.Trial == t.Number {
			best = "best so far"
		}
	}
	v.out.line(fmt.Sprintf("trial %3d  %8s  %s  %s", t.Number, valueText(v.study, *t.Value), duration(tookOf(t)), best))
}

func (v *view) delete(t study.Trial) (err error) {
	if v.best, err = v.readBest(); err != nil {
		return err
	}
	text := fmt.Sprintf("trial %d  deleted", t.Number)
	if v.best != nil {
		text += fmt.Sprintf("; best %s (trial %d)", valueText(v.study, v.best.Value), v.best.Trial)
	}
	v.out.line(text)
	return nil
}

func (v *view) epochText(epoch int, value float64) string {
	return fmt.Sprintf(" epoch %d %s", epoch, valueText(v.study, value))
}

func (v *view) statusLine() string {
	parts := []string{fmt.Sprintf("%d of %d", v.finished, v.study.Budget.Trials)}
	for _, number := range slices.Sorted(maps.Keys(v.running)) {
		parts = append(parts, fmt.Sprintf("trial %d%s", number, v.running[number]))
	}
	return strings.Join(parts, " · ")
}
