package main

import (
	"fmt"
	"strings"

	"github.com/goal-search/goal-search/study"
)

// showLine prints an event for people.
func (a *app) showLine(s study.Study, w study.Watched) error {
	_, err := fmt.Fprintf(a.stdout, "%s  %s\n", moment(w.At), logText(s, w))
	return err
}

// logText says what happened. The trial is as it is now, so what was at the
// time of the event is read from its attempt.
func logText(s study.Study, w study.Watched) string {
	if w.Kind == study.StateChanged {
		return "study " + colon(string(w.State), w.Reason)
	}
	t := w.TrialNow
	var attempt study.Attempt
	if w.Attempt > 0 && w.Attempt <= len(t.Attempts) {
		attempt = t.Attempts[w.Attempt-1]
	}
	return fmt.Sprintf("trial %d %s", w.Trial, trialText(s, w, t, attempt))
}

func trialText(s study.Study, w study.Watched, t study.Trial, a study.Attempt) string {
	switch w.Kind {
	case study.TrialStarted:
		return fmt.Sprintf("started on %s: attempt %d, %s, %s", a.Worker, w.Attempt, a.Environment.KernelPath, a.Environment.Version)
	case study.TrialMeasured:
		return fmt.Sprintf("epoch %d: %s", w.Measurement.Epoch, valueText(s, w.Measurement.Value))
	case study.TrialReleased:
		return fmt.Sprintf("waits again: attempt %d on %s was %s", w.Attempt, a.Worker, colon(a.Ended, a.Reason))
	case study.TrialStopping:
		return colon("is to stop", t.StopReason)
	case study.TrialFinished:
		return finishedText(s, t, a)
	case study.TrialDeleted:
		return fmt.Sprintf("deleted: suggestions from trial %d on do not see it", t.UnseenFrom)
	}
	return string(w.Kind)
}

// finishedText says how a trial ended, which nothing changes later.
func finishedText(s study.Study, t study.Trial, a study.Attempt) string {
	text := string(t.State)
	if t.Value != nil {
		text += " " + valueText(s, *t.Value)
	}
	if a.Worker != "" {
		text += fmt.Sprintf(" after %s on %s", duration(a.EndedAt.Sub(a.StartedAt)), a.Worker)
	}
	return colon(text, t.Reason)
}

// colon adds a reason, if there is one.
func colon(text, reason string) string {
	if reason == "" {
		return text
	}
	return text + ": " + strings.TrimSpace(firstLine(reason))
}
