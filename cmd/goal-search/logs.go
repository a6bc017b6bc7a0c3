package main

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/study"
)

type logsOptions struct {
	trial  string // number
	follow bool
	since  time.Duration
	tail   int // -1: all
	epochs bool
}

func (a *app) newLogsCommand() *cobra.Command {
	var o logsOptions
	cmd := &cobra.Command{
		Use:   "logs",
		Short: "Show what happened in a study, a line for each event",
		Long: `Logs tells what happened to a study and its trials, oldest first: who took a trial,
why it was handed back or lost, how it ended. Times are the store's, in your
zone.

Measurements of epochs are left out unless --epochs asks for them; with --trial
they are shown. With --follow it goes on as things happen, until the study or
that trial has ended, or until Ctrl-C. With --json it prints the events as watch
does, one a line.`,
		Example: `  goal-search logs --tail 20
  goal-search logs --trial 12
  goal-search logs --since 15m --follow
  goal-search logs --json | jq 'select(.kind == "released")'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			if !cmd.Flags().Changed("epochs") {
				o.epochs = o.trial != ""
			}
			ctx, stop := untilInterrupt(cmd.Context())
			defer stop()
			return orInterrupt(ctx, a.logs(ctx, o))
		},
	}
	cmd.Flags().StringVar(&o.trial, "trial", "", "only what happened to the trial with this `NUMBER`")
	cmd.Flags().BoolVarP(&o.follow, "follow", "f", false, "go on as things happen")
	cmd.Flags().DurationVar(&o.since, "since", 0, "only what happened within this `TIME`, such as 90s or 24h")
	cmd.Flags().IntVar(&o.tail, "tail", -1, "only the last `N` lines of what was; -1 is all, 0 none")
	cmd.Flags().BoolVar(&o.epochs, "epochs", false, "show every epoch that was measured (default: with --trial only)")
	return cmd
}

func (o logsOptions) check() error {
	switch {
	case o.since < 0:
		return usageError("--since %v: want more than 0, or 0 for all", o.since)
	case o.tail < -1 || o.tail > math.MaxInt32:
		return usageError("--tail %d: want a number of lines, or -1 for all", o.tail)
	case o.tail == 0 && !o.follow:
		return usageError("--tail 0 shows nothing that was: give --follow too, or more lines")
	}
	return nil
}

func (a *app) logs(ctx context.Context, o logsOptions) error {
	k, s, err := a.openStudy(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	show := func(w study.Watched) error { return a.showLine(s, w) }
	if a.json {
		show = a.showEvent
	}
	w := o.watch()
	w.UntilNow = !o.follow || hasEnded(s.State)
	each := untilEnded(ctx, k, s, show)
	if o.trial != "" {
		t, err := findTrial(ctx, k, s, o.trial)
		if err != nil {
			return err
		}
		w.Trial = &t.Number
		w.UntilNow = !o.follow || t.State.Finished()
		each = untilFinished(show)
	}
	if w.UntilNow {
		each = show
	}
	if err := follow(ctx, k, s, w, each); !errors.Is(err, errEnded) {
		return err
	}
	return nil
}

// watch says which events become lines.
func (o logsOptions) watch() study.Watch {
	w := study.Watch{MaxAge: o.since, Tail: max(0, o.tail)}
	w.SkipMeasurements = !o.epochs
	if o.tail == 0 {
		w.After = -1
	}
	return w
}

// untilFinished shows events, and returns errEnded after a trial's last one.
func untilFinished(show func(study.Watched) error) func(study.Watched) error {
	return func(w study.Watched) error {
		if err := show(w); err != nil || w.Kind != study.TrialFinished {
			return err
		}
		return errEnded
	}
}
