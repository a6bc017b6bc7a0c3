package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/internal/daemon"
)

// oneArgument is cobra.ExactArgs(1) with an error that says what is wanted.
func oneArgument(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError("%d arguments: want %s", len(args), cmd.UseLine())
	}
	return nil
}

// explainArguments has a command, and those below it, say what they want where
// cobra only says that arguments are wrong.
func explainArguments(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			if coded := (exitError{}); err == nil || errors.As(err, &coded) || errors.Is(err, daemon.ErrUsage) {
				return err
			}
			return usageError("%w: want %s", err, cmd.UseLine())
		}
	}
	for _, below := range cmd.Commands() {
		explainArguments(below)
	}
}
