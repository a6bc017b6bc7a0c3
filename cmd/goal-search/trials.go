package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/study"
)

type trialsOptions struct {
	states   []string
	worker   string
	minValue float64
	minGiven bool
	sort     string
	limit    int
	deleted  bool
}

func (a *app) newTrialsCommand() *cobra.Command {
	var o trialsOptions
	cmd := &cobra.Command{
		Use:   "trials [NUMBER]",
		Short: "List the trials of a study, show one, or delete one",
		Long: `Trials lists trials by number. With --sort value it lists those that have one, the
best first; with --sort finished those that have finished, in that order; with
--sort time all, the longest first.`,
		Example: `  goal-search trials --sort value --limit 10
  goal-search trials --state failed --worker node1
  goal-search trials --min-value 0.8
  goal-search trials 12
  goal-search trials delete 12`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.minGiven = cmd.Flags().Changed("min-value")
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
	cmd.Flags().StringVar(&o.worker, "worker", "", "only trials of which the worker of this `NAME` made an attempt, the last one or not; NAME/SLOT is one of its slots")
	cmd.Flags().Float64Var(&o.minValue, "min-value", 0, "only trials with at least this value, such as an accuracy of 0.8")
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
	if math.IsNaN(o.minValue) || math.IsInf(o.minValue, 0) {
		return usageError("--min-value %g: want a finite number", o.minValue)
	}
	if o.limit < 0 {
		return usageError("--limit %d: want at least 1, or 0 for all", o.limit)
	}
	return nil
}

func (o trialsOptions) filter() study.Filter {
	f := study.Filter{Worker: o.worker, Deleted: o.deleted}
	for _, state := range o.states {
		f.States = append(f.States, study.TrialState(state))
	}
	if o.minGiven {
		f.MinValue = &o.minValue
	}
	switch o.sort {
	case "value":
		f.Order = study.ByValue
	case "finished":
		f.Order = study.ByRank
	}
	if o.sort != "time" { // by which no store sorts
		f.Limit = o.limit
	}
	return f
}

// find returns the trials that were asked for.
func (o trialsOptions) find(ctx context.Context, store keeper, s study.Study) ([]study.Trial, error) {
	trials, err := store.Trials(ctx, s.ID, o.filter())
	if err != nil || o.sort != "time" {
		return trials, err
	}
	slices.SortStableFunc(trials, func(a, b study.Trial) int { return cmp.Compare(tookOf(b), tookOf(a)) })
	if o.limit > 0 {
		trials = trials[:min(o.limit, len(trials))]
	}
	return trials, nil
}

func (a *app) listTrials(ctx context.Context, store keeper, s study.Study, o trialsOptions) error {
	trials, err := o.find(ctx, store, s)
	if err != nil {
		return err
	}
	if a.json {
		if trials == nil {
			trials = []study.Trial{}
		}
		return a.printJSON(trials)
	}
	rows := [][]string{{"TRIAL", "STATE", valueColumn(s), "TIME", "WORKER", "FINISHED", "REASON"}}
	for _, t := range trials {
		state, value, took, worker := string(t.State), "-", "-", "-"
		if t.Deleted() {
			state += ", deleted"
		}
		if t.Value != nil {
			value = valueText(s, *t.Value)
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
	t, err := store.Trial(ctx, s.ID, number)
	if errors.Is(err, study.ErrNotFound) {
		return t, noTrial(ctx, store, s, number)
	}
	return t, err
}

// noTrial says how many trials there are.
func noTrial(ctx context.Context, store keeper, s study.Study, number int) error {
	counts, err := store.Counts(ctx, s.ID)
	if err != nil {
		return err
	}
	return notFoundError("study %s has no trial %d: it has %s", s.Name, number, count(counts.Total(), "trial"))
}
