package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/internal/daemon"
)

// version is the program's.
func version() string { return daemon.Version() }

func (a *app) newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return a.printJSON(map[string]string{"version": version()})
			}
			_, err := fmt.Fprintln(a.stdout, "goal-search", version())
			return err
		},
	}
}
