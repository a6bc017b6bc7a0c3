package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
)

// eventful makes a store with a study in which everything happened, a second
// after the other, and returns its path.
func eventful(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	now := time.Date(2020, 3, 1, 12, 0, 0, 0, time.Local)
	clock := func() time.Time { now = now.Add(time.Second); return now }
	store, err := sqlstore.Open(t.Context(), path, sqlstore.WithClock(clock))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.CreateStudy(ctx, study.Study{Name: "s", Budget: study.Budget{Trials: 9},
		Spec: study.Spec{Space: study.Space{{Name: "a", High: 1}}, Sampler: study.Sampler{Name: "random"}, Objective: []byte(`{}`)}})
	must(err)
	claim := study.Claim{Worker: "node1/2", TTL: time.Minute, Environment: study.Environment{Version: "v1.2", KernelPath: "avx2"}}
	point := study.Parameters{"a": 0.5}
	_, l, err := store.AddTrial(ctx, s.ID, study.Trial{Parameters: point}, claim)
	must(err)
	must(store.AddMeasurement(ctx, l, study.Measurement{Value: 0.25}))
	must(store.HandBackTrial(ctx, l, "the worker is leaving"))
	_, err = store.EnqueueTrial(ctx, s.ID, point, 1)
	must(err)
	_, err = store.StopTrial(ctx, s.ID, 1, "a typo")
	must(err)
	must(store.SetStudyState(ctx, s.ID, study.StudyPaused, "for the night"))
	must(store.SetStudyState(ctx, s.ID, study.StudyActive, ""))
	claim.Worker, claim.TTL = "node2/1", time.Microsecond
	_, _, err = store.ClaimTrial(ctx, s.ID, claim)
	must(err)
	claim.Worker, claim.TTL = "node1/1", time.Minute
	_, l, err = store.ClaimTrial(ctx, s.ID, claim)
	must(err)
	must(store.AddMeasurement(ctx, l, study.Measurement{Value: 0.5}))
	_, err = store.StopTrial(ctx, s.ID, 0, "slow\nvery slow")
	must(err)
	_, err = store.FinishTrial(ctx, l, study.Outcome{State: study.Pruned, Value: 0.5, Reason: "slow"})
	must(err)
	_, l, err = store.AddTrial(ctx, s.ID, study.Trial{Number: 2, Parameters: point}, claim)
	must(err)
	_, err = store.FinishTrial(ctx, l, study.Outcome{State: study.Complete, Value: 0.835})
	must(err)
	must(store.SetStudyState(ctx, s.ID, study.StudyCompleted, "it is good enough"))
	return path
}

const (
	logOf0 = `trial 0 created
trial 0 started on node1/2: attempt 1, avx2, v1.2
trial 0 epoch 0: 25.00 %
trial 0 waits again: attempt 1 on node1/2 was handed back: the worker is leaving
trial 0 started on node2/1: attempt 2, avx2, v1.2
trial 0 waits again: attempt 2 on node2/1 was lost: the lease ended at TIME unrenewed
trial 0 started on node1/1: attempt 3, avx2, v1.2
trial 0 epoch 0: 50.00 %
trial 0 is to stop: slow
trial 0 pruned 50.00 % after 3.0 s on node1/1: slow
`
	logOfAll = `trial 0 created
trial 0 started on node1/2: attempt 1, avx2, v1.2
trial 0 waits again: attempt 1 on node1/2 was handed back: the worker is leaving
trial 1 created
trial 1 failed: stopped before anybody ran it: a typo
study paused: for the night
study active
trial 0 started on node2/1: attempt 2, avx2, v1.2
trial 0 waits again: attempt 2 on node2/1 was lost: the lease ended at TIME unrenewed
trial 0 started on node1/1: attempt 3, avx2, v1.2
trial 0 is to stop: slow
trial 0 pruned 50.00 % after 3.0 s on node1/1: slow
trial 2 created
trial 2 started on node1/1: attempt 1, avx2, v1.2
trial 2 complete 83.50 % after 1.0 s on node1/1
study completed: it is good enough
`
)

func TestLogs(t *testing.T) {
	path := eventful(t)
	last := func(n int) string {
		lines := strings.SplitAfter(logOfAll, "\n")
		return strings.Join(lines[len(lines)-1-n:], "")
	}
	for arguments, want := range map[string]string{
		"":                            logOfAll,
		"--follow":                    logOfAll, // until the study ends, which it has
		"--tail 3":                    last(3),
		"--tail 100":                  logOfAll,
		"--tail 0 -f":                 "",
		"--since 1h":                  "", // by the clock that the store has now, years later
		"--trial 0":                   logOf0,
		"--trial 0 -f":                logOf0,
		"--trial 0 --epochs=false -f": strings.ReplaceAll(strings.ReplaceAll(logOf0, "trial 0 epoch 0: 25.00 %\n", ""), "trial 0 epoch 0: 50.00 %\n", ""),
		"--epochs --tail 7 --trial 2": "trial 2 created\ntrial 2 started on node1/1: attempt 1, avx2, v1.2\ntrial 2 complete 83.50 % after 1.0 s on node1/1\n",
	} {
		var stdout, stderr bytes.Buffer
		code := run(append([]string{"logs", "--store", path}, strings.Fields(arguments)...), &stdout, &stderr)
		if got := withoutTimes(t, stdout.String()); code != exitOK || got != want {
			t.Errorf("logs %s: exit code %d, %s\n got %s\nwant %s", arguments, code, &stderr, got, want)
		}
	}
}

// withoutTimes checks the times of lines, which begin with one, and takes them
// away.
func withoutTimes(t *testing.T, text string) string {
	t.Helper()
	begin := time.Date(2020, 3, 1, 12, 0, 0, 0, time.Local)
	rest := ""
	for line := range strings.Lines(text) {
		at, what, _ := strings.Cut(line, "  ")
		if when, err := time.ParseInLocation("2006-01-02 15:04:05", at, time.Local); err != nil || when.Sub(begin) > time.Minute {
			t.Errorf("%q: want a line that begins with a time after %v", line, begin)
		}
		if before, after, ok := strings.Cut(what, "ended at "); ok {
			_, after, _ = strings.Cut(after, " ")
			what = before + "ended at TIME " + after
		}
		rest += what
	}
	return rest
}
