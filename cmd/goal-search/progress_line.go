package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goal-search/goal-search/study"
)

// introduction says what is about to happen.
func introduction(j joined, epochs, workers int) string {
	spec := j.study.Spec
	verb := "Going on with"
	if j.made {
		verb = "Starting"
	}
	text := fmt.Sprintf("%s study %s: %s over %s, seed %d\n", verb, j.study.Name,
		spec.Sampler.Name, count(len(spec.Space.Free()), "parameter"), spec.Sampler.Seed)
	text += fmt.Sprintf("%s of %s on %s images of %s, %d at a time", count(j.study.Budget.Trials, "trial"),
		count(epochs, "epoch"), thousands(spec.DataSet.Images), spec.DataSet.Name, workers)
	if j.finished > 0 {
		text += fmt.Sprintf("; %d are finished", j.finished)
	}
	return text
}

// trialLine is what remains on the screen of a finished trial.
func (p *progress) trialLine(t study.Trial) string {
	digits := len(fmt.Sprint(p.now.Trials))
	head := fmt.Sprintf("trial %*d", digits, t.Number)
	if t.State == study.Failed {
		return fmt.Sprintf("%s  failed: %s", head, firstLine(t.Reason))
	}
	best := ""
	if p.now.Best != nil {
		best = fmt.Sprintf("best %s (trial %d)", percent(*p.now.Best.Value), p.now.Best.Number)
		if p.now.Best.Number == t.Number {
			best = "best so far"
		}
	}
	return fmt.Sprintf("%s  %8s  %-*s  %6s  %s", head, percent(*t.Value), 22+digits, best, duration(tookOf(t)), p.left())
}

// left says how many trials are to come and how long they will take.
func (p *progress) left() string {
	text := fmt.Sprintf("%d left", p.now.Trials-p.now.Finished)
	if eta, ok := p.eta(); ok && p.notice == "" {
		text += ", about " + roughly(eta)
	}
	return text
}

// eta goes by what all processes together have finished since this one began.
func (p *progress) eta() (time.Duration, bool) {
	left := float64(p.now.Trials - p.now.Finished)
	work := float64(p.now.Finished - p.doneBefore)
	for _, epoch := range p.running {
		part := float64(epoch+1) / float64(p.epochs+1)
		work += part
		left -= part
	}
	if work <= 0 || left <= 0 {
		return 0, false
	}
	return time.Duration(float64(p.elapsed()) * left / work), true
}

// statusLine says what is going on now.
func (p *progress) statusLine() string {
	parts := []string{fmt.Sprintf("%d of %d", p.now.Finished, p.now.Trials)}
	if p.now.Best != nil {
		parts = append(parts, "best "+percent(*p.now.Best.Value))
	}
	if p.notice != "" {
		parts = append(parts, p.notice)
	} else if eta, ok := p.eta(); ok {
		parts = append(parts, "about "+roughly(eta)+" left")
	}
	if len(p.running) == 0 && p.now.Finished < p.now.Trials && p.notice == "" && p.saidIdle {
		parts = append(parts, "waiting for other processes")
	}
	for _, number := range slices.Sorted(maps.Keys(p.running)) {
		running := fmt.Sprintf("trial %d", number)
		if epoch := p.running[number]; epoch >= 0 {
			running += fmt.Sprintf(" epoch %d/%d", epoch, p.epochs)
		}
		parts = append(parts, running)
	}
	return strings.Join(parts, " · ")
}
