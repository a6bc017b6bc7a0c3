package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/internal/daemon"
	"github.com/goal-search/goal-search/study"
)

type studyCopyOptions struct {
	to       string
	toServer string
	name     string
}

func (a *app) newStudyCopyCommand() *cobra.Command {
	var o studyCopyOptions
	cmd := &cobra.Command{
		Use:   "copy NAME",
		Short: "Copy a study to another store or server",
		Long: `Copy stores a study of --store or --server in the store --to or at the server
--to-server: its trials, their attempts and every measurement. The copy is there
whole or not at all, and is read back and compared before it counts. The original
stays as it is. --ca and --token-file are for both servers.

Trials that are running go on in the original; in the copy they begin anew, for
their saved states stay behind. A copy at a server is a study like any other: as
soon as it is there, workers go on with one that is active.`,
		Example: `  goal-search study copy mine --to mysql://goal@db.example/goals
  goal-search study copy mine --to @/run/secrets/store --as mine-2
  goal-search study copy mine --store @/run/secrets/store --to here.db
  goal-search study copy mine --server db.example:7700 --to here.db
  goal-search study copy mine --store here.db --to-server db.example:7700`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.namedStudy(args); err != nil {
				return err
			}
			ctx, stop := untilInterrupt(cmd.Context())
			defer stop()
			err := a.copyStudy(ctx, o)
			if ctx.Err() != nil && errors.Is(err, context.Canceled) {
				return exitError{exitInterrupted, fmt.Errorf("interrupted: %w", err)}
			}
			return err
		},
	}
	cmd.Flags().StringVar(&o.to, "to", "", "`STORE` of the copy: a file, mysql://user@host/database, or @FILE that holds such a URL")
	cmd.Flags().StringVar(&o.toServer, "to-server", "", "`HOST:PORT` of the server of the copy")
	cmd.Flags().StringVar(&o.name, "as", "", "`NAME` of the copy (default: that of the study)")
	return cmd
}

func (a *app) copyStudy(ctx context.Context, o studyCopyOptions) error {
	if o.name == "" {
		o.name = a.study
	}
	if err := study.ValidateName(o.name); err != nil {
		return exitError{exitUsage, err}
	}
	target, err := a.copyTarget(o)
	if err != nil {
		return err
	}
	from, s, err := a.openStudy(ctx)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := target.makeKeeper(ctx)
	if err != nil {
		return err
	}
	defer to.Close()
	_, where, err := target.place()
	if err != nil {
		return err
	}
	made, err := study.Copy(ctx, from, s, to, o.name)
	if errors.Is(err, study.ErrExists) {
		return fmt.Errorf("%s has a study %s already: choose another name with --as", where, o.name)
	}
	if err != nil {
		return err
	}
	return a.showCopy(ctx, to, made, target)
}

// copyTarget is the app as it would be with the copy's store or server in place
// of the study's.
func (a *app) copyTarget(o studyCopyOptions) (*app, error) {
	target := *a
	switch {
	case o.to == "" && o.toServer == "":
		return nil, usageError("neither --to nor --to-server given: want the store or the server of the copy")
	case o.to != "" && o.toServer != "":
		return nil, usageError("--to and --to-server: want one of them")
	case o.to != "":
		target.store, target.remote = o.to, daemon.Remote{}
		_, err := findStore("--to", o.to)
		return &target, err
	}
	target.store, target.remote.Address = "", o.toServer
	target.remote.FromEnvironment() // which a source that is a store has no use for
	return &target, nil
}

// copiedJSON is what was stored.
type copiedJSON struct {
	Study  study.Study `json:"study"`
	Store  string      `json:"store,omitempty"`
	Server string      `json:"server,omitempty"` // instead
	Trials int         `json:"trials"`
}

func (a *app) showCopy(ctx context.Context, to keeper, s study.Study, target *app) error {
	counts, err := to.Counts(ctx, s.ID)
	if err != nil {
		return err
	}
	name, where, err := target.place()
	if err != nil {
		return err
	}
	if a.json {
		copied := copiedJSON{Study: s, Store: where, Trials: counts.Total()}
		if name == "server" {
			copied.Store, copied.Server = "", where
		}
		return a.printJSON(copied)
	}
	fmt.Fprintf(a.stdout, "Copied %s to study %s in %s, and compared: %s\n", a.study, s.Name, where, contents(counts))
	if running := counts.States[study.Running]; running > 0 {
		fmt.Fprintf(a.stderr, "%s that are running go on in the original; in the copy they are taken up anew.\n", count(running, "trial"))
	}
	return nil
}
