package study

import (
	"fmt"
	"math"
	"slices"
)

// History is a trial with everything that was reported of it.
type History struct {
	Trial
	Measurements []Measurement `json:"measurements"`
}

// Epochs returns the measurements that led to the trial's latest one, an epoch
// each, as if one attempt had run it without interruption: those of the last
// attempt that measured, and, where it went on from the state of an earlier
// one, before them those of an attempt in the same environment, in which the
// same epochs have the same numbers.
func (h History) Epochs() []Measurement {
	of := make(map[int][]Measurement)
	for _, m := range h.Measurements {
		of[m.Attempt] = append(of[m.Attempt], m)
	}
	var epochs []Measurement
	var environment Environment
	for _, a := range slices.Backward(h.Attempts) {
		measured := of[a.Number]
		if epochs == nil {
			epochs, environment = measured, a.Environment
			continue
		}
		before := slices.IndexFunc(measured, func(m Measurement) bool { return m.Epoch == epochs[0].Epoch-1 })
		if before >= 0 && a.Environment == environment {
			epochs = slices.Concat(measured[:before+1], epochs)
		}
	}
	return epochs
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
	if h.Deleted() != (h.UnseenFrom > 0) || h.Deleted() && (!h.State.Finished() || h.UnseenFrom <= h.Number) {
		return fmt.Errorf("trial %d is %s, deleted %t, unseen from trial %d: want it finished and unseen from a later trial, if it is deleted",
			h.Number, h.State, h.Deleted(), h.UnseenFrom)
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
		if a.Number != i+1 || underWay != (a.Ended == "") || !a.known() {
			return fmt.Errorf("trial %d is %s: attempt %d of %d has number %d and ended %q", h.Number, h.State, i+1, len(h.Attempts), a.Number, a.Ended)
		}
	}
	for i, m := range h.Measurements {
		if m.Attempt < 1 || m.Attempt > len(h.Attempts) {
			return fmt.Errorf("trial %d: a measurement of attempt %d of %d", h.Number, m.Attempt, len(h.Attempts))
		}
		if err := m.Validate(); err != nil {
			return fmt.Errorf("trial %d: %w", h.Number, err)
		}
		if i > 0 && !h.Measurements[i-1].before(m) {
			return fmt.Errorf("trial %d: epoch %d of attempt %d is not in order, or there twice", h.Number, m.Epoch, m.Attempt)
		}
	}
	return nil
}

// before tells whether m comes before other by attempt and epoch.
func (m Measurement) before(other Measurement) bool {
	return m.Attempt < other.Attempt || m.Attempt == other.Attempt && m.Epoch < other.Epoch
}

// known tells whether an attempt can have ended so.
func (a Attempt) known() bool {
	return a.Ended == "" || a.Ended == AttemptLost || a.Ended == AttemptHandedBack || TrialState(a.Ended).Finished()
}
