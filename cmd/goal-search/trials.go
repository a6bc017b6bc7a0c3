package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/study"
)

type trialsOptions struct {
	states  []string
	sort    string
	limit   int
	deleted bool
}

func (a *app) newTrialsCommand() *cobra.Command {
	var o trialsOptions
	cmd := &cobra.Command{
		Use:   "trials [NUMBER]",
		Short: "List the trials of a study, show one, or delete one",
		Example: `  goal-search trials --sort value --limit 10
  goal-search trials --state failed
  goal-search trials 12
  goal-search trials delete 12`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			store, s, err := a.openStudy(cmd.Context())
			if err != nil {
				return err
			}
			defer store.Close()
			if len(args) == 1 {
				return a.showTrial(cmd.Context(), store, s, args[0])
			}
			return a.listTrials(cmd.Context(), store, s, o)
		},
	}
	cmd.Flags().StringSliceVar(&o.states, "state", nil, "only trials in this state: "+strings.Join(stateNames(), ", "))
	cmd.Flags().StringVar(&o.sort, "sort", "number", "order: "+strings.Join(trialOrders, ", "))
	cmd.Flags().IntVar(&o.limit, "limit", 0, "only the first so many; 0 is all")
	cmd.Flags().BoolVar(&o.deleted, "deleted", false, "deleted trials too")
	cmd.AddCommand(a.newTrialsDeleteCommand())
	return cmd
}

func stateNames() []string {
	var names []string
	for _, s := range []study.TrialState{study.Waiting, study.Running, study.Complete, study.Pruned, study.Failed} {
		names = append(names, string(s))
	}
	return names
}

var trialOrders = []string{"number", "value", "finished", "time"}

func (o trialsOptions) check() error {
	for _, state := range o.states {
		if !slices.Contains(stateNames(), state) {
			return usageError("--state %q: want one of %s", state, strings.Join(stateNames(), ", "))
		}
	}
	if !slices.Contains(trialOrders, o.sort) {
		return usageError("--sort %q: want one of %s", o.sort, strings.Join(trialOrders, ", "))
	}
	if o.limit < 0 {
		return usageError("--limit %d: want at least 1, or 0 for all", o.limit)
	}
	return nil
}

func (o trialsOptions) filter() study.Filter {
	f := study.Filter{Deleted: o.deleted}
	for _, state := range o.states {
		f.States = append(f.States, study.TrialState(state))
	}
	return f
}

// order puts the best, the earliest and the longest first; what has no value
// or no end comes last, by number.
func (o trialsOptions) order(trials []study.Trial) {
	slices.SortStableFunc(trials, func(a, b study.Trial) int {
		switch o.sort {
		case "value":
			return compareValues(a.Value, b.Value)
		case "finished":
			return compareRanks(a.Rank, b.Rank)
		case "time":
			return cmp.Compare(tookOf(b), tookOf(a))
		}
		return cmp.Compare(a.Number, b.Number)
	})
}

func compareValues(a, b *float64) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return cmp.Compare(*b, *a)
}

func compareRanks(a, b int) int {
	if a == 0 || b == 0 {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

func (a *app) listTrials(ctx context.Context, store keeper, s study.Study, o trialsOptions) error {
	trials, err := store.Trials(ctx, s.ID, o.filter())
	if err != nil {
		return err
	}
	o.order(trials)
	if o.limit > 0 {
		trials = trials[:min(o.limit, len(trials))]
	}
	if a.json {
		if trials == nil {
			trials = []study.Trial{}
		}
		return a.printJSON(trials)
	}
	rows := [][]string{{"TRIAL", "STATE", "ACCURACY", "TIME", "WORKER", "FINISHED", "REASON"}}
	for _, t := range trials {
		state, value, took, worker := string(t.State), "-", "-", "-"
		if t.Deleted() {
			state += ", deleted"
		}
		if t.Value != nil {
			value = percent(*t.Value)
		}
		if len(t.Attempts) > 0 {
			took, worker = duration(tookOf(t)), t.Attempts[len(t.Attempts)-1].Worker
		}
		rows = append(rows, []string{fmt.Sprint(t.Number), state, value, took, worker, moment(t.FinishedAt), firstLine(t.Reason)})
	}
	return writeTable(a.stdout, rows)
}

// findTrial returns the trial that an argument names, a deleted one too.
func findTrial(ctx context.Context, store keeper, s study.Study, argument string) (study.Trial, error) {
	number, err := strconv.Atoi(argument)
	if err != nil || number < 0 {
		return study.Trial{}, usageError("trial %q: want a number from 0", argument)
	}
	trials, err := store.Trials(ctx, s.ID, study.Filter{Deleted: true})
	if err != nil {
		return study.Trial{}, err
	}
	i := slices.IndexFunc(trials, func(t study.Trial) bool { return t.Number == number })
	if i < 0 {
		return study.Trial{}, notFoundError("study %s has no trial %d: it has %s", s.Name, number, count(len(trials), "trial"))
	}
	return trials[i], nil
}
