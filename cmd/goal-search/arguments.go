package main

import "github.com/spf13/cobra"

// oneArgument is cobra.ExactArgs(1) with an error that says what is wanted.
func oneArgument(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError("%d arguments: want %s", len(args), cmd.UseLine())
	}
	return nil
}
