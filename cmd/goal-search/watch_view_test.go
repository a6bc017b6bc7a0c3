package main

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
)

func TestViewForgetsWhatWasDeleted(t *testing.T) {
	var out bytes.Buffer
	stored := make(map[int]study.Trial)
	v := &view{
		out: newStatusWriter(&out), study: study.Study{Name: "s", Budget: study.Budget{Trials: 4}, Spec: study.Spec{Objective: []byte(`{}`)}},
		readBest: func() (*bestTrial, error) {
			best, ok := study.Best(slices.Collect(maps.Values(stored)))
			if !ok {
				return nil, nil
			}
			return &bestTrial{best.Number, *best.Value}, nil
		},
	}
	happens := func(kind study.EventKind, number int, value float64) {
		t.Helper()
		w := study.Watched{
			Event:    study.Event{Kind: kind, Trial: number},
			TrialNow: study.Trial{Number: number, Rank: number + 1, State: study.Complete, Value: &value},
		}
		if kind == study.TrialDeleted {
			w.TrialNow.DeletedAt, w.TrialNow.UnseenFrom = time.Unix(1, 0), 3
		}
		stored[number] = w.TrialNow
		if err := v.event(w); err != nil {
			t.Fatal(err)
		}
	}
	happens(study.TrialFinished, 0, 0.5)
	happens(study.TrialFinished, 1, 0.75)
	happens(study.TrialFinished, 2, 0.25)
	happens(study.TrialDeleted, 1, 0.75)
	happens(study.TrialFinished, 0, 0.5) // once more, as after a number of an event
	v.deleted = 1
	if err := v.begin(); err != nil {
		t.Fatal(err)
	}
	happens(study.TrialDeleted, 0, 0.5)
	happens(study.TrialDeleted, 2, 0.25)
	for _, want := range []string{
		"trial 1  deleted; best 50.00 % (trial 0)\n",
		"3 of 4 trials finished, 1 deleted, best 50.00 % (trial 0)\n",
		"trial 0  deleted; best 25.00 % (trial 2)\n",
		"trial 2  deleted\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got\n%s\nwithout %q", out.String(), want)
		}
	}
}
