package main

import (
	"strings"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
)

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		3140 * time.Millisecond:            "3.1 s",
		48 * time.Second:                   "48 s",
		134 * time.Second:                  "2 min 14 s",
		25*time.Minute + 40*time.Second:    "26 min",
		2*time.Hour + 3*time.Minute:        "2 h 3 min",
		time.Hour + 59*time.Minute + 45e9:  "2 h 0 min",
		0:                                  "0.0 s",
		9*time.Minute + 59*time.Second + 1: "9 min 59 s",
	} {
		if got := duration(d); got != want {
			t.Errorf("duration(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestRoughly(t *testing.T) {
	for d, want := range map[time.Duration]string{
		100 * time.Millisecond: "1 s",
		99 * time.Second:       "99 s",
		160 * time.Second:      "3 min",
		90 * time.Minute:       "1 h 30 min",
	} {
		if got := roughly(d); got != want {
			t.Errorf("roughly(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 trials", 1: "1 trial", 999: "999 trials", 10000: "10,000 trials", 1234567: "1,234,567 trials"} {
		if got := count(n, "trial"); got != want {
			t.Errorf("count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestBar(t *testing.T) {
	for v, want := range map[float64]string{
		0:    "        │        ",
		1:    "        │████████",
		-0.5: "    ████│        ",
	} {
		if got := bar(v); got != want {
			t.Errorf("bar(%g) = %q, want %q", v, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	if got, want := wrap("a neuron  should γ now", 8), "a neuron\nshould γ\nnow"; got != want {
		t.Errorf("wrap = %q, want %q", got, want)
	}
}

func TestShellQuote(t *testing.T) {
	for text, want := range map[string]string{"a/b-c.db": "a/b-c.db", "my studies.db": "'my studies.db'", "it's": `'it'\''s'`, "": "''"} {
		if got := shellQuote(text); got != want {
			t.Errorf("shellQuote(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestOrderOfTrials(t *testing.T) {
	value := func(v float64) *float64 { return &v }
	trials := func() []study.Trial {
		return []study.Trial{{Number: 0, Rank: 2, Value: value(0.5)}, {Number: 1}, {Number: 2, Rank: 1, Value: value(0.9)}, {Number: 3, Rank: 3}}
	}
	for order, want := range map[string]string{"number": "0123", "value": "2013", "finished": "2031"} {
		all := trials()
		trialsOptions{sort: order}.order(all)
		var got strings.Builder
		for _, trial := range all {
			got.WriteByte(byte('0' + trial.Number))
		}
		if got.String() != want {
			t.Errorf("by %s: %s, want %s", order, got.String(), want)
		}
	}
}

func TestPaceGoesByTheLatestTrials(t *testing.T) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var trials []study.Trial
	for i := range paceTrials {
		trials = append(trials, study.Trial{State: study.Complete, FinishedAt: begin.Add(time.Duration(i) * 30 * time.Second)})
	}
	trials = append(trials, study.Trial{State: study.Failed, FinishedAt: begin.Add(-24 * time.Hour)}, study.Trial{State: study.Running})
	if got, ok := pace(trials); !ok || got != 2 {
		t.Errorf("pace %g, %v; want 2 a minute", got, ok)
	}
	if _, ok := pace(trials[:1]); ok {
		t.Error("one trial has a pace")
	}
}
