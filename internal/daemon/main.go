package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/study"
)

// Version is the module's as the Go toolchain recorded it.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// Run runs a program that is one command and returns its exit code: 0, 1 when
// the work could not be done, 2 when the command line is wrong, 3 when there is
// no such study.
func Run(cmd *cobra.Command, args []string, stderr io.Writer) int {
	cmd.SetArgs(args)
	cmd.SetErr(stderr)
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	cmd.Version = Version()
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
	})
	running := false
	cmd.PreRunE = func(*cobra.Command, []string) error {
		running = true
		if err := kernel.CheckForced(); err != nil {
			return usage(err)
		}
		return nil
	}
	err := cmd.ExecuteContext(context.Background())
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "%s: %v\n", cmd.Name(), err)
	switch {
	case errors.Is(err, ErrUsage) || !running:
		return 2
	case errors.Is(err, study.ErrNotFound):
		return 3
	}
	return 1
}
