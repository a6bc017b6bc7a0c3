//go:build linux

package chaos

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
)

// What is wrong with a trial is seen.
func TestCheckTrial(t *testing.T) {
	const epochs = 3
	for name, spoil := range map[string]func(h *study.History){
		"":                         func(*study.History) {},
		"not complete":             func(h *study.History) { h.State = study.Failed },
		"complete twice":           func(h *study.History) { h.Attempts[0].Ended = string(study.Complete) },
		"its last attempt is lost": func(h *study.History) { h.Attempts[1].Ended = study.AttemptLost },
		"two attempts at a time":   func(h *study.History) { h.Attempts[1].StartedAt = h.Attempts[0].StartedAt },
		"an epoch is missing":      func(h *study.History) { h.Measurements = append(h.Measurements[:3], h.Measurements[4:]...) },
		"the first one is missing": func(h *study.History) { h.Measurements = h.Measurements[3:] },
		"an epoch is there twice":  func(h *study.History) { h.Measurements[3].Epoch = 0 },
		"an epoch too few":         func(h *study.History) { h.Measurements = h.Measurements[:4] },
		"another value":            func(h *study.History) { *h.Value = math.Nextafter(*h.Value, 1) },
	} {
		value := 0.2
		at := func(second int) time.Time { return time.Unix(int64(second), 0) }
		h := study.History{
			Trial: study.Trial{State: study.Complete, Value: &value, Attempts: []study.Attempt{
				{Number: 1, StartedAt: at(1), EndedAt: at(2), Ended: study.AttemptLost},
				{Number: 2, StartedAt: at(2), EndedAt: at(3), Ended: string(study.Complete)},
			}},
			Measurements: []study.Measurement{
				{Attempt: 1, Epoch: 0}, {Attempt: 1, Epoch: 1},
				{Attempt: 2, Epoch: 0}, {Attempt: 2, Epoch: 1}, {Attempt: 2, Epoch: 2, Value: value},
			},
		}
		if name == "" { // nor is it wrong to go on from a state
			whole := h
			whole.Measurements = slices.Delete(slices.Clone(h.Measurements), 2, 3)
			if err := checkTrial(whole, epochs); err != nil {
				t.Errorf("gone on from a state: %v", err)
			}
		}
		spoil(&h)
		if err := checkTrial(h, epochs); (err == nil) != (name == "") {
			t.Errorf("%q: got error %v", name, err)
		}
	}
}
