package study

import (
	"fmt"
	"testing"
)

func TestEpochsAreWholeAcrossAttempts(t *testing.T) {
	type try struct {
		path     string
		from, to int // epochs
	}
	for name, c := range map[string]struct {
		tries []try
		want  string // attempt.epoch
	}{
		"nothing yet":                     {[]try{{"avx2", 0, 0}}, "[]"},
		"one attempt":                     {[]try{{"avx2", 0, 3}}, "[1.0 1.1 1.2]"},
		"begun anew":                      {[]try{{"avx2", 0, 3}, {"avx2", 0, 2}}, "[2.0 2.1]"},
		"gone on, twice":                  {[]try{{"avx2", 0, 3}, {"avx2", 2, 4}, {"avx2", 4, 5}}, "[1.0 1.1 2.2 2.3 3.4]"},
		"gone on, and nothing yet":        {[]try{{"avx2", 0, 3}, {"avx2", 2, 2}}, "[1.0 1.1 1.2]"},
		"lost without a state in between": {[]try{{"avx2", 0, 3}, {"generic", 0, 2}, {"avx2", 3, 4}}, "[1.0 1.1 1.2 3.3]"},
		"anew elsewhere, then gone on":    {[]try{{"avx2", 0, 3}, {"generic", 0, 2}, {"generic", 1, 3}}, "[2.0 3.1 3.2]"},
	} {
		var h History
		for i, try := range c.tries {
			h.Attempts = append(h.Attempts, Attempt{Number: i + 1, Environment: Environment{KernelPath: try.path}})
			for epoch := try.from; epoch < try.to; epoch++ {
				h.Measurements = append(h.Measurements, Measurement{Attempt: i + 1, Epoch: epoch})
			}
		}
		got := []string{}
		for _, m := range h.Epochs() {
			got = append(got, fmt.Sprintf("%d.%d", m.Attempt, m.Epoch))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: got %v, want %s", name, got, c.want)
		}
	}
}

func TestMeasurementsAreInOrder(t *testing.T) {
	for name, c := range map[string]struct {
		measured []Measurement
		fine     bool
	}{
		"by attempt and epoch": {[]Measurement{{Attempt: 1}, {Attempt: 1, Epoch: 1}, {Attempt: 2}}, true},
		"an epoch twice":       {[]Measurement{{Attempt: 1}, {Attempt: 1}}, false},
		"an earlier epoch":     {[]Measurement{{Attempt: 1, Epoch: 1}, {Attempt: 1}}, false},
		"an earlier attempt":   {[]Measurement{{Attempt: 2}, {Attempt: 1, Epoch: 1}}, false},
	} {
		ended := []Attempt{{Number: 1, Ended: AttemptLost}, {Number: 2, Ended: AttemptHandedBack}}
		err := History{Trial: Trial{State: Waiting, Attempts: ended}, Measurements: c.measured}.Validate(0)
		if (err == nil) != c.fine {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	sold := History{Trial: Trial{State: Waiting, Attempts: []Attempt{{Number: 1, Ended: "sold"}}}}
	if sold.Validate(0) == nil {
		t.Error("an attempt ended in a way that there is none of")
	}
}
