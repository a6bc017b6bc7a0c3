package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/internal/coordinator"
	"github.com/goal-search/goal-search/internal/daemon"
	"github.com/goal-search/goal-search/study"
)

// leaseTTL is how long a killed process keeps others from its trials.
var leaseTTL = coordinator.DefaultLeaseTTL

func (a *app) newStartCommand() *cobra.Command {
	var o startOptions
	cmd := &cobra.Command{
		Use:   "start",
		Short: "Search a goal function, or go on with a search",
		Long: `Start runs a study in this process: it suggests goals, trains a network with
each, and keeps every result. Without flags it makes a CMA-ES study on digits
that takes about two minutes.

Without --study the study is new and gets a name. Starting a study of an
existing name goes on with it; several processes may work at one study. Ctrl-C
finishes the running trials and stops; a second one hands them back, with their
states, and leaves at once. A trial that was handed back, or that a killed process
had, goes on from its last state and has the same result, bit for bit; with
another version, data set or kernel path (avx512, avx2 or generic) it begins anew.

Parameters are γ by atom, such as {F}{C} or res, and the trainer's
learning_rate, weight_decay, output_learning_rate, output_weight_decay, hidden,
epochs and batch_size. With -f the same settings are read from a YAML file, by
the flags' names; flags win.`,
		Example: `  goal-search start
  goal-search start --study mine --sampler tpe --trials 500 --dataset mnist --images 0 --hidden 100 --epochs 10
  goal-search start --study mine --trials 1000
  goal-search start --fix {L}=0 --range {F}{C}=0:1 --range learning_rate=1e-4:1e-2:log`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.complete(cmd, &a.study); err != nil {
				return err
			}
			return a.start(cmd.Context(), o)
		},
	}
	o.addFlags(cmd.Flags())
	return cmd
}

// start makes or joins the study, works at it and shows what it found.
func (a *app) start(ctx context.Context, o startOptions) error {
	if a.remote.Address != "" {
		return a.startRemote(ctx, o)
	}
	store, err := a.makeStore(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := sweep(ctx, store); err != nil {
		return err
	}
	j, err := a.join(ctx, store, o)
	if err != nil {
		return err
	}
	if j.complete {
		fmt.Fprintf(a.stderr, "Study %s is complete: %s. More: goal-search start%s --study %s --trials %d\n",
			j.study.Name, j.whyComplete(), a.storeFlag(), j.study.Name, 2*j.finished)
	} else if err := a.search(ctx, store, j, o); err != nil {
		return err
	}
	err = a.showBest(ctx, store, j.study)
	var coded exitError
	if errors.As(err, &coded) && coded.code == exitNotFound {
		return exitError{exitFailure, err} // the study is there, but all its trials failed
	}
	return err
}

// search works at the study until it is complete or the user interrupts.
func (a *app) search(ctx context.Context, store study.Store, j joined, o startOptions) error {
	p, err := newProgress(a.stderr, j.study)
	if err != nil {
		return err
	}
	s, err := daemon.NewSearch(store, j.study, j.set, daemon.SearchConfig{
		Workers:  o.workers,
		Saving:   o.saving,
		Version:  version(),
		Notify:   p.notify,
		LeaseTTL: leaseTTL,
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	stopWatching := watchSignals(s, p, stop)
	defer stopWatching()
	stopProgress := p.start(ctx, s, j, o.workers)
	err = s.Run(ctx)
	stopProgress()
	standing, standingErr := s.Standing(context.WithoutCancel(ctx))
	switch {
	case err != nil && !errors.Is(err, errInterrupted):
		return err
	case standingErr != nil:
		return standingErr
	case standing.State == study.StudyAborted:
		return fmt.Errorf("study %s is aborted: %s", j.study.Name, standing.Reason)
	case standing.State == study.StudyCompleted && standing.Finished < standing.Trials:
		p.printf("Study %s is complete: %s.", j.study.Name, standing.Reason)
		return nil
	case standing.Finished < standing.Trials:
		return exitError{exitInterrupted, a.interruption(j.study, standing)}
	}
	p.printf("Study %s is complete: %s in %s.", j.study.Name, count(standing.Finished, "trial"), duration(p.elapsed()))
	return nil
}

// interruption says what was reached and how to go on.
func (a *app) interruption(s study.Study, standing coordinator.Standing) error {
	best := "no trial is complete yet"
	if standing.Best != nil {
		best = fmt.Sprintf("best %s (trial %d)", percent(*standing.Best.Value), standing.Best.Number)
	}
	return fmt.Errorf("stopped after %d of %s, %s\nAll is kept. Go on with: goal-search start%s --study %s",
		standing.Finished, count(standing.Trials, "trial"), best, a.storeFlag(), s.Name)
}
