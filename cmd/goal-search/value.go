package main

import (
	"fmt"
	"strings"

	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/study"
)

// valueText writes a value of the study's trials: percent where it is an
// accuracy, and as it is where other workers measure something else.
func valueText(s study.Study, v float64) string {
	if objective.Trains(s.Spec) {
		return percent(v)
	}
	return fmt.Sprintf("%.6g", v)
}

// valueName is what the values are.
func valueName(s study.Study) string {
	if objective.Trains(s.Spec) {
		return "accuracy"
	}
	return "value"
}

// valueColumn heads a column of values.
func valueColumn(s study.Study) string { return strings.ToUpper(valueName(s)) }
