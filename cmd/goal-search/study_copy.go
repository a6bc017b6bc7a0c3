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
	to   string
	name string
}

func (a *app) newStudyCopyCommand() *cobra.Command {
	var o studyCopyOptions
	cmd := &cobra.Command{
		Use:   "copy NAME",
		Short: "Copy a study to another store",
		Long: `Copy stores a study of --store in the store --to: its trials, their attempts and
every measurement. The copy is there whole or not at all, and is read back and
compared before it counts. The original stays as it is.

Trials that are running go on in the original; in the copy they begin anew, for
their saved states stay behind.`,
		Example: `  goal-search study copy mine --to mysql://goal@db.example/goals
  goal-search study copy mine --to @/run/secrets/store --as mine-2
  goal-search study copy mine --store @/run/secrets/store --to here.db`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.namedStudy(args); err != nil {
				return err
			}
			return a.copyStudy(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.to, "to", "", "`STORE` of the copy: a file, mysql://user@host/database, or @FILE that holds such a URL")
	cmd.Flags().StringVar(&o.name, "as", "", "`NAME` of the copy (default: that of the study)")
	return cmd
}

func (a *app) copyStudy(ctx context.Context, o studyCopyOptions) error {
	if o.to == "" {
		return usageError("no --to given: want the store of the copy")
	}
	where, err := findStore("--to", o.to)
	if err != nil {
		return err
	}
	if o.name == "" {
		o.name = a.study
	}
	if err := study.ValidateName(o.name); err != nil {
		return exitError{exitUsage, err}
	}
	from, s, err := a.localStudy(ctx)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := daemon.OpenStore(ctx, where)
	if err != nil {
		return err
	}
	defer to.Close()
	made, err := study.Copy(ctx, from, s, to, o.name)
	if errors.Is(err, study.ErrExists) {
		return fmt.Errorf("%s has a study %s already: choose another name with --as", daemon.StoreName(where), o.name)
	}
	if err != nil {
		return err
	}
	return a.showCopy(ctx, to, made, where)
}

// copiedJSON is what was stored.
type copiedJSON struct {
	Study  study.Study `json:"study"`
	Store  string      `json:"store"`
	Trials int         `json:"trials"`
}

func (a *app) showCopy(ctx context.Context, store study.Store, s study.Study, where string) error {
	trials, err := store.Trials(ctx, s.ID, study.Filter{Deleted: true})
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(copiedJSON{s, daemon.StoreName(where), len(trials)})
	}
	fmt.Fprintf(a.stdout, "Copied %s to study %s in %s, and compared: %s\n", a.study, s.Name, daemon.StoreName(where), contents(trials))
	if running := newStatus(s, trials).Counts[study.Running]; running > 0 {
		fmt.Fprintf(a.stderr, "%s that are running go on in the original; in the copy they are taken up anew.\n", count(running, "trial"))
	}
	return nil
}
