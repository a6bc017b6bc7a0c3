package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/study"
)

func (a *app) newStudyRenameCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rename NAME NEW-NAME",
		Short: "Give a study another name",
		Long: `Rename gives a study another name. Whoever works at it goes on, and finds it under
the new name.`,
		Example: `  goal-search study rename cmaes-mnist-1 lateral`,
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.namedStudy(args); err != nil {
				return err
			}
			name := args[1]
			if err := study.ValidateName(name); err != nil {
				return exitError{exitUsage, err}
			}
			return a.changeStudy(cmd.Context(), func(k keeper, s study.Study) error {
				renamed, err := k.RenameStudy(cmd.Context(), s.ID, name)
				if errors.Is(err, study.ErrExists) {
					return fmt.Errorf("there is a study %s already", name)
				}
				if err != nil {
					return err
				}
				if a.json {
					return a.printJSON(renamed)
				}
				fmt.Fprintf(a.stdout, "Study %s is now %s\n", s.Name, renamed.Name)
				return nil
			})
		},
	}
}
