package main

import (
	"context"
	"errors"
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

// longTrials is a keeper of trials that took 1, 3, 2 and 3 hours.
type longTrials struct{ keeper }

func (longTrials) Trials(_ context.Context, _ int64, f study.Filter) (all []study.Trial, err error) {
	if f.Limit != 0 {
		return nil, errors.New("the longest ones may come after the limit")
	}
	for number, hours := range []int{1, 3, 2, 3} {
		a := study.Attempt{StartedAt: time.Unix(0, 0), EndedAt: time.Unix(int64(hours)*3600, 0)}
		all = append(all, study.Trial{Number: number, Attempts: []study.Attempt{a}})
	}
	return all, nil
}

func TestOrderByTime(t *testing.T) {
	trials, err := trialsOptions{sort: "time", limit: 3}.find(t.Context(), longTrials{}, study.Study{})
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, trial := range trials {
		got.WriteByte(byte('0' + trial.Number))
	}
	if want := "132"; got.String() != want {
		t.Errorf("got %s, want %s", got.String(), want)
	}
}

func TestPaceGoesByTheLatestTrials(t *testing.T) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var trials []study.Trial
	for i := range paceTrials {
		trials = append(trials, study.Trial{State: study.Complete, FinishedAt: begin.Add(time.Duration(i) * 30 * time.Second)})
	}
	if got, ok := pace(trials); !ok || got != 2 {
		t.Errorf("pace %g, %v; want 2 a minute", got, ok)
	}
	if _, ok := pace(trials[:1]); ok {
		t.Error("one trial has a pace")
	}
}

func TestTablesHaveNoTrailingSpaces(t *testing.T) {
	var out strings.Builder
	if err := writeTable(&out, [][]string{{"TRIAL", "REASON"}, {"1", ""}, {"2", "no memory"}, {"", ""}}); err != nil {
		t.Fatal(err)
	}
	if want := "TRIAL  REASON\n1\n2      no memory\n\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
