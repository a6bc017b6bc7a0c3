package main

import (
	"fmt"
	"strings"

	"github.com/goal-search/goal-search/study"
)

// termsOf says what else ends the study, and which workers it gets, where that
// was asked for.
func termsOf(s study.Study) [][]string {
	var rows [][]string
	if ends := endsOf(s); len(ends) > 0 {
		rows = append(rows, []string{"ends", strings.Join(ends, "; ")})
	}
	var workers []string
	if s.Priority != 0 {
		workers = append(workers, fmt.Sprintf("priority %d", s.Priority))
	}
	if len(s.Labels) > 0 {
		workers = append(workers, "with "+labelsText(s.Labels))
	}
	if len(workers) > 0 {
		rows = append(rows, []string{"workers", strings.Join(workers, ", ")})
	}
	return rows
}

// endsOf lists the bounds of its budget beside its trials.
func endsOf(s study.Study) []string {
	var ends []string
	b := s.Budget
	if b.WallTime > 0 {
		ends = append(ends, duration(b.WallTime)+" after it was made")
	}
	if b.Target != nil {
		ends = append(ends, "at "+valueText(s, *b.Target))
	}
	if b.Patience > 0 {
		ends = append(ends, fmt.Sprintf("after %s that are no better", count(b.Patience, "trial")))
	}
	return ends
}
