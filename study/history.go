package study

import (
	"fmt"
	"math"
)

// History is a trial with everything that was reported of it.
type History struct {
	Trial
	Measurements []Measurement `json:"measurements"`
}

// Validate tells whether this is what a store may keep of the trial with that
// number.
func (h History) Validate(number int) error {
	if h.Number != number {
		return fmt.Errorf("trial %d: want number %d", h.Number, number)
	}
	if h.State.Finished() != (h.Rank > 0) {
		return fmt.Errorf("trial %d is %s with rank %d", h.Number, h.State, h.Rank)
	}
	valued := h.State == Complete || h.State == Pruned
	if valued != (h.Value != nil) || valued && (math.IsNaN(*h.Value) || math.IsInf(*h.Value, 0)) {
		return fmt.Errorf("trial %d is %s: want a finite value if it is %s or %s, else none", h.Number, h.State, Complete, Pruned)
	}
	if len(h.Attempts) == 0 && h.State != Waiting && h.State != Failed { // it may have failed before anybody ran it
		return fmt.Errorf("trial %d is %s without an attempt", h.Number, h.State)
	}
	for i, a := range h.Attempts {
		underWay := h.State == Running && i == len(h.Attempts)-1
		if a.Number != i+1 || underWay != (a.Ended == "") {
			return fmt.Errorf("trial %d is %s: attempt %d of %d has number %d and ended %q", h.Number, h.State, i+1, len(h.Attempts), a.Number, a.Ended)
		}
	}
	for _, m := range h.Measurements {
		if m.Attempt < 1 || m.Attempt > len(h.Attempts) {
			return fmt.Errorf("trial %d: a measurement of attempt %d of %d", h.Number, m.Attempt, len(h.Attempts))
		}
		if err := m.Validate(); err != nil {
			return fmt.Errorf("trial %d: %w", h.Number, err)
		}
	}
	return nil
}
