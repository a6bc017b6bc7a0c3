package main

import (
	"context"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// listStudies prints one line for each study, oldest first: the last one is
// what other commands take without --study.
func (a *app) listStudies(ctx context.Context) error {
	store, err := a.openKeeper(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	studies, err := store.Studies(ctx)
	if err != nil {
		return err
	}
	all := make([]statusJSON, len(studies))
	for i, s := range studies {
		if all[i], err = readStatus(ctx, store, s); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(all)
	}
	if len(all) == 0 {
		fmt.Fprintf(a.stderr, "No studies yet. Make one with: goal-search start%s\n", a.storeFlag())
		return nil
	}
	rows := [][]string{{"STUDY", "STATE", "SAMPLER", "DATA", "FINISHED", "RUNNING", "BEST", "MADE"}}
	for _, r := range all {
		best := "-"
		if r.Best != nil {
			best = valueText(r.Study, r.Best.Value)
		}
		rows = append(rows, []string{
			r.Study.Name, string(r.Study.State), r.Study.Spec.Sampler.Name, r.Study.Spec.DataSet.Name,
			fmt.Sprintf("%d of %d", r.Study.Budget.Trials-r.Left, r.Study.Budget.Trials),
			fmt.Sprint(r.States[study.Running]), best, moment(r.Study.CreatedAt),
		})
	}
	return writeTable(a.stdout, rows)
}
