package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/study"
)

func (a *app) newStudyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "study",
		Short: "Copy, rename or delete a study",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usageError("want one of: goal-search study copy, rename, delete")
		},
	}
	cmd.AddCommand(a.newStudyCopyCommand())
	cmd.AddCommand(a.newStudyRenameCommand())
	cmd.AddCommand(a.newStudyDeleteCommand())
	return cmd
}

// namedStudy makes the first argument the study: what cannot be undone needs
// its name.
func (a *app) namedStudy(args []string) error {
	if a.study != "" && a.study != args[0] {
		return usageError("--study %s and study %s: want one of them", a.study, args[0])
	}
	a.study = args[0]
	return nil
}

// changeStudy finds the study, at a server or in a store that must exist, and
// changes it.
func (a *app) changeStudy(ctx context.Context, change func(k keeper, s study.Study) error) error {
	reader, s, err := a.openStudy(ctx)
	if err != nil {
		return err
	}
	if err := reader.Close(); err != nil {
		return err
	}
	k, err := a.makeKeeper(ctx)
	if err != nil {
		return err
	}
	return errors.Join(change(k, s), k.Close())
}

// contents says how many trials a study has.
func contents(c study.Counts) string {
	return fmt.Sprintf("%s, %d complete%s", count(c.Total(), "trial"), c.States[study.Complete], otherCounts(c))
}
