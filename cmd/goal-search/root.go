package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/internal/daemon"
	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/study"
)

// Exit codes that scripts can rely on.
const (
	exitOK          = 0
	exitFailure     = 1   // the work could not be done
	exitUsage       = 2   // the command line or an input file is wrong
	exitNotFound    = 3   // no such study, trial, goal or data set
	exitInterrupted = 130 // stopped by Ctrl-C; finished work is kept
)

// exitError gives an error its exit code.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string { return e.err.Error() }
func (e exitError) Unwrap() error { return e.err }

func usageError(format string, args ...any) error {
	return exitError{exitUsage, fmt.Errorf(format, args...)}
}

func notFoundError(format string, args ...any) error {
	return exitError{exitNotFound, fmt.Errorf(format, args...)}
}

// notFoundAs says in the user's words that something is not there.
func notFoundAs(err error, format string, args ...any) error {
	if errors.Is(err, study.ErrNotFound) {
		return notFoundError(format, args...)
	}
	return err
}

// app is what every command shares: the global flags and where output goes.
// Results go to stdout, progress and errors to stderr.
type app struct {
	store  string        // path, URL or @FILE of the store; "" is what the environment says
	remote daemon.Remote // where there is an address, studies are kept there
	study  string        // "" is the latest study
	json   bool
	stdout io.Writer
	stderr io.Writer
}

func run(args []string, stdout, stderr io.Writer) int {
	a := &app{stdout: stdout, stderr: stderr}
	root := a.newRootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	parsed := false
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		parsed = true
		if a.store == "" { // a store that is named says where, whatever the environment says
			a.remote.FromEnvironment()
		}
		if err := kernel.CheckForced(); err != nil {
			return exitError{exitUsage, err}
		}
		return nil
	}
	err := root.ExecuteContext(context.Background())
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(stderr, "goal-search: %v\n", err)
	var coded exitError
	switch {
	case errors.As(err, &coded):
		return coded.code
	case errors.Is(err, daemon.ErrUsage):
		return exitUsage
	case errors.Is(err, study.ErrNotFound):
		return exitNotFound
	case !parsed: // an unknown command, or arguments that it does not take
		return exitUsage
	}
	return exitFailure
}

func (a *app) newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "goal-search",
		Short:         "Find out what a neuron should aim for",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.store, "store", "", "`STORE` of the studies: a file, mysql://user@host/database, or @FILE that holds such a URL (default: in the user's data directory)")
	flags.StringVar(&a.study, "study", "", "name of the study (default: the latest)")
	a.remote.AddFlags(flags)
	flags.BoolVar(&a.json, "json", false, "print JSON for programs")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError("%w; see %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(a.newStartCommand())
	root.AddCommand(a.newBestCommand())
	root.AddCommand(a.newStatusCommand())
	root.AddCommand(a.newTrialsCommand())
	root.AddCommand(a.newStudyCommand())
	root.AddCommand(a.newExportCommand())
	root.AddCommand(a.newWatchCommand())
	root.AddCommand(a.newLogsCommand())
	root.AddCommand(a.newPauseCommand())
	root.AddCommand(a.newResumeCommand())
	root.AddCommand(a.newStopCommand())
	root.AddCommand(a.newEnqueueCommand())
	root.AddCommand(a.newWorkersCommand())
	root.AddCommand(daemon.NewServerCommand("goal-search server", version()))
	root.AddCommand(daemon.NewWorkerCommand("goal-search worker", version()))
	root.AddCommand(a.newBenchCommand())
	root.AddCommand(a.newVersionCommand())
	root.AddCommand(a.newGoalsCommand())
	root.AddCommand(a.newPIDCommand())
	root.AddCommand(a.newDataCommand())
	root.AddCommand(a.newTrainCommand())
	root.AddCommand(a.newEvalCommand())
	explainArguments(root)
	groupCommands(root)
	return root
}

// printJSON writes v as one line of JSON.
func (a *app) printJSON(v any) error {
	return json.NewEncoder(a.stdout).Encode(v)
}
