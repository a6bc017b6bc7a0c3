package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/study"
)

func (a *app) newTrialsDeleteCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "delete NUMBER",
		Short: "Take a trial out of its study",
		Long: `Delete takes a trial out of its study: it is listed no more, cannot be the best,
and later suggestions do not see its result. Its number stays taken and it counts
towards the study's trials; start --trials with one more makes up for it. What
earlier suggestions saw stays stored, so that each can be computed again, and
trials NUMBER still shows it. A trial that is running has to be stopped first.`,
		Example: `  goal-search trials delete 12
  goal-search trials --deleted`,
		Args: oneArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.deleteTrial(cmd.Context(), args[0])
		},
	}
}

func (a *app) deleteTrial(ctx context.Context, number string) error {
	k, s, err := a.openToChange(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	t, err := findTrial(ctx, k, s, number)
	if err != nil {
		return err
	}
	t, err = k.DeleteTrial(ctx, s.ID, t.Number)
	if errors.Is(err, study.ErrTransition) {
		return fmt.Errorf("trial %s of study %s is running: stop it first with: goal-search stop%s --study %s %s",
			number, s.Name, a.storeFlag(), s.Name, number)
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(t)
	}
	_, err = fmt.Fprintf(a.stdout, "Trial %d of study %s is deleted: suggestions from trial %d on do not see it\n", t.Number, s.Name, t.UnseenFrom)
	return err
}
