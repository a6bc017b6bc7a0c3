package main

import (
	"context"
	"fmt"
	"time"

	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/study"
)

// trialJSON is a trial with everything that was measured.
type trialJSON struct {
	study.Trial
	Study        string              `json:"study"`
	Measurements []study.Measurement `json:"measurements"`
}

// showTrial prints one trial: what it tried, who ran it, how it went.
func (a *app) showTrial(ctx context.Context, store keeper, s study.Study, argument string) error {
	t, err := findTrial(ctx, store, s, argument)
	if err != nil {
		return err
	}
	measurements, err := store.Measurements(ctx, s.ID, t.Number)
	if err != nil {
		return err
	}
	if a.json {
		if measurements == nil {
			measurements = []study.Measurement{}
		}
		return a.printJSON(trialJSON{t, s.Name, measurements})
	}
	if err := writeTable(a.stdout, trialRows(s, t)); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout)
	if err := writeTable(a.stdout, parameterRows(s, t)); err != nil {
		return err
	}
	if len(t.Attempts) > 0 {
		fmt.Fprintln(a.stdout)
		if err := writeTable(a.stdout, attemptRows(t)); err != nil {
			return err
		}
	}
	if len(measurements) == 0 {
		return nil
	}
	fmt.Fprintln(a.stdout)
	return writeTable(a.stdout, measurementRows(s, study.History{Trial: t, Measurements: measurements}.Epochs()))
}

func trialRows(s study.Study, t study.Trial) [][]string {
	rows := [][]string{
		{"trial", fmt.Sprintf("%d of study %s", t.Number, s.Name)},
		{"state", string(t.State)},
	}
	if t.Deleted() {
		rows = append(rows, []string{"deleted", fmt.Sprintf("%s, not seen from trial %d on", moment(t.DeletedAt), t.UnseenFrom)})
	}
	if t.Value != nil {
		rows = append(rows, []string{valueName(s), valueText(s, *t.Value)})
	}
	if t.Reason != "" {
		rows = append(rows, []string{"reason", firstLine(t.Reason)})
	}
	rows = append(rows,
		[]string{"seed", fmt.Sprint(t.Seed)},
		[]string{"suggested", fmt.Sprintf("%s, from %s", moment(t.CreatedAt), count(t.Saw, "result"))},
		[]string{"finished", moment(t.FinishedAt)})
	return rows
}

func parameterRows(s study.Study, t study.Trial) [][]string {
	rows := [][]string{{"PARAMETER", "VALUE", "RANGE"}}
	for _, p := range s.Spec.Space {
		within := fmt.Sprintf("[%g, %g]", p.Low, p.High)
		switch {
		case p.Fixed():
			within = "fixed"
		case p.Log:
			within += " log"
		}
		rows = append(rows, []string{p.Name, fmt.Sprintf("%.6g", t.Parameters[p.Name]), within})
	}
	return rows
}

func attemptRows(t study.Trial) [][]string {
	rows := [][]string{{"ATTEMPT", "WORKER", "VERSION", "KERNEL PATH", "STARTED", "TIME", "ENDED", "REASON"}}
	for _, at := range t.Attempts {
		ended := at.Ended
		if ended == "" {
			ended = "running"
		}
		took := time.Since(at.StartedAt)
		if !at.EndedAt.IsZero() {
			took = at.EndedAt.Sub(at.StartedAt)
		}
		rows = append(rows, []string{
			fmt.Sprint(at.Number), at.Worker, at.Environment.Version, at.Environment.KernelPath,
			moment(at.StartedAt), duration(max(0, took)), ended, firstLine(at.Reason),
		})
	}
	return rows
}

// measurementRows shows what the trainer measures, or of other workers the value.
func measurementRows(s study.Study, measurements []study.Measurement) [][]string {
	if !objective.Trains(s.Spec) {
		rows := [][]string{{"ATTEMPT", "EPOCH", "VALUE"}}
		for _, m := range measurements {
			rows = append(rows, []string{fmt.Sprint(m.Attempt), fmt.Sprint(m.Epoch), valueText(s, m.Value)})
		}
		return rows
	}
	rows := [][]string{{"ATTEMPT", "EPOCH", "VALIDATION", "TRAINING", "GOAL (BITS)", "TIME"}}
	for _, m := range measurements {
		rows = append(rows, []string{
			fmt.Sprint(m.Attempt), fmt.Sprint(m.Epoch), percent(m.Value),
			percent(m.Metrics[objective.TrainAccuracy]), fmt.Sprintf("%+.4f", m.Metrics[objective.GoalMetric]),
			duration(time.Duration(m.Metrics[objective.Seconds] * float64(time.Second))),
		})
	}
	return rows
}
