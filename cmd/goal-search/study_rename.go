package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/study"
)

func (a *app) newStudyRenameCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "rename NAME NEW-NAME",
		Short:   "Give a study another name",
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
			return a.changeStudy(cmd.Context(), func(store study.Store, s study.Study) error {
				err := store.RenameStudy(cmd.Context(), s.ID, name)
				if errors.Is(err, study.ErrExists) {
					return fmt.Errorf("there is a study %s already", name)
				}
				if err != nil {
					return err
				}
				if s.Name = name; a.json {
					return a.printJSON(s)
				}
				fmt.Fprintf(a.stdout, "Study %s is now %s\n", a.study, name)
				return nil
			})
		},
	}
}
