package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/goal-search/goal-search/api/client"
	"github.com/goal-search/goal-search/study"
)

// startRemote makes the study at a server, or has it go on. Workers run its
// trials.
func (a *app) startRemote(ctx context.Context, o startOptions) error {
	for _, flag := range []string{"workers", "checkpoint-every", "checkpoint-pause"} {
		if o.given[flag] {
			return usageError("--%s is for a search in this process: at a server, workers run the trials", flag)
		}
	}
	server, err := a.dial()
	if err != nil {
		return err
	}
	defer server.Close()
	j, err := a.join(ctx, server, o)
	if err != nil {
		return err
	}
	if a.json {
		s, err := server.Study(ctx, j.study.Name)
		if err != nil {
			return err
		}
		return a.printJSON(s)
	}
	if j.complete {
		_, err = fmt.Fprintf(a.stdout, "Study %s is complete: %s\n", j.study.Name, j.whyComplete())
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "Study %s is at %s: %s, %d finished\nFollow it with: goal-search watch%s --study %s\n",
		j.study.Name, a.remote.Address, count(j.study.Budget.Trials, "trial"), j.finished, a.storeFlag(), j.study.Name)
	if err != nil {
		return err
	}
	return a.tellNoWorkers(ctx, server, j.study)
}

// tellNoWorkers says so when nobody is there who would run the trials.
func (a *app) tellNoWorkers(ctx context.Context, server *client.Client, s study.Study) error {
	all, err := server.Workers(ctx)
	if err != nil {
		return err
	}
	for _, w := range all {
		if workerState(w) == "active" && study.Satisfies(w.Labels, s.Labels) {
			return nil
		}
	}
	labels := ""
	for _, name := range slices.Sorted(maps.Keys(s.Labels)) {
		labels += " --label " + shellQuote(name+"="+s.Labels[name])
	}
	fmt.Fprintf(a.stderr, "No worker is there that may run it. Start one with: goal-search worker%s%s\n", a.storeFlag(), labels)
	return nil
}

// whyComplete says what ended the study.
func (j joined) whyComplete() string {
	if j.study.StateReason != "" {
		return j.study.StateReason
	}
	return fmt.Sprintf("all its %s are finished", count(j.finished, "trial"))
}
