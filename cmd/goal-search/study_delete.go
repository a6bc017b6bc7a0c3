package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/study"
)

func (a *app) newStudyDeleteCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "delete NAME",
		Short: "Delete a study with all its trials, for good",
		Long: `Delete removes a study, its trials and all that was reported of them. It cannot
be undone. Processes that work at the study stop with an error; workers of a server
go on with other studies.`,
		Example: `  goal-search study delete mine --yes
  goal-search study delete mine --server db.example:7700 --yes`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.namedStudy(args); err != nil {
				return err
			}
			return a.changeStudy(cmd.Context(), func(k keeper, s study.Study) error {
				return a.deleteStudy(cmd.Context(), k, s, yes)
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do delete it")
	return cmd
}

func (a *app) deleteStudy(ctx context.Context, k keeper, s study.Study, yes bool) error {
	counts, err := k.Counts(ctx, s.ID)
	if err != nil {
		return err
	}
	if !yes {
		return usageError("study %s has %s: delete it for good with: goal-search study delete%s %s --yes",
			s.Name, contents(counts), a.storeFlag(), s.Name)
	}
	if err := k.DeleteStudy(ctx, s.ID); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(s)
	}
	fmt.Fprintf(a.stdout, "Deleted study %s: %s\n", s.Name, contents(counts))
	return nil
}
