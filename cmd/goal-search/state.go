package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/study"
)

// addReasonFlag is for what people may want to know later.
func addReasonFlag(cmd *cobra.Command, reason *string) {
	cmd.Flags().StringVar(reason, "reason", "", "why, for whoever looks at the study later")
}

func (a *app) newPauseCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "pause",
		Short: "Start no more trials of a study; running ones finish",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.setState(cmd.Context(), study.StudyPaused, reason)
		},
	}
	addReasonFlag(cmd, &reason)
	return cmd
}

func (a *app) newResumeCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "resume",
		Short: "Go on with a study that was paused or stopped",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.setState(cmd.Context(), study.StudyActive, reason)
		},
	}
	addReasonFlag(cmd, &reason)
	return cmd
}

// setState moves the study that the user means.
func (a *app) setState(ctx context.Context, next study.StudyState, reason string) error {
	k, s, err := a.openToChange(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	if next == study.StudyPaused && s.State == study.StudyCompleted {
		return fmt.Errorf("study %s is %s: there is nothing to pause", s.Name, stateText(s))
	}
	err = k.SetStudyState(ctx, s.ID, next, reason)
	if errors.Is(err, study.ErrTransition) {
		return fmt.Errorf("study %s: the study is aborted, which is for good; make a new one with: goal-search start", s.Name)
	}
	if err == nil {
		err = sweep(ctx, k)
	}
	if err != nil {
		return fmt.Errorf("study %s: %w", s.Name, err)
	}
	if s.State, s.StateReason = next, reason; a.json {
		return a.printJSON(s)
	}
	if _, err := fmt.Fprintf(a.stdout, "Study %s is %s\n", s.Name, stateText(s)); err != nil || next != study.StudyActive {
		return err
	}
	return a.tellUsedUp(ctx, k, s)
}

// tellUsedUp says how a study goes on that has no trials left.
func (a *app) tellUsedUp(ctx context.Context, k keeper, s study.Study) error {
	counts, err := k.Counts(ctx, s.ID)
	if err == nil && counts.Finished() >= s.Budget.Trials {
		fmt.Fprintf(a.stderr, "All its %s are finished. Have more with: goal-search start%s --study %s --trials N\n",
			count(s.Budget.Trials, "trial"), a.storeFlag(), s.Name)
	}
	return err
}

// openToChange opens where studies are kept, which must exist, for writing,
// and finds the study that the user means.
func (a *app) openToChange(ctx context.Context) (keeper, study.Study, error) {
	reader, s, err := a.openStudy(ctx)
	if err != nil || a.remote.Address != "" {
		return reader, s, err
	}
	if err := reader.Close(); err != nil {
		return nil, s, err
	}
	k, err := a.makeKeeper(ctx)
	return k, s, err
}

type stopOptions struct {
	reason string
	abort  bool
}

func (a *app) newStopCommand() *cobra.Command {
	var o stopOptions
	cmd := &cobra.Command{
		Use:   "stop [NUMBER]",
		Short: "End a study, or stop one of its trials early",
		Long: `Stop ends a study: running trials finish, and no more are started. With --abort
the running ones stop too, and nothing makes the study go on again.

With the number of a trial it stops that trial: a waiting one has failed, a
running one ends with the value that it has reached.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 1 && o.abort:
				return usageError("--abort is for a whole study: leave it out, or the trial's number")
			case len(args) == 1:
				return a.stopTrial(cmd.Context(), args[0], o.reason)
			case o.abort:
				return a.setState(cmd.Context(), study.StudyAborted, o.reason)
			}
			return a.setState(cmd.Context(), study.StudyCompleted, o.reason)
		},
	}
	addReasonFlag(cmd, &o.reason)
	cmd.Flags().BoolVar(&o.abort, "abort", false, "stop the running trials too, for good")
	return cmd
}

func (a *app) stopTrial(ctx context.Context, number, reason string) error {
	k, s, err := a.openToChange(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	t, err := findTrial(ctx, k, s, number)
	if err != nil {
		return err
	}
	t, err = k.StopTrial(ctx, s.ID, t.Number, reason)
	if errors.Is(err, study.ErrTransition) {
		return fmt.Errorf("trial %s of study %s has finished already", number, s.Name)
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(t)
	}
	what := "will stop with its next epoch"
	if t.State.Finished() {
		what = "is " + string(t.State)
	}
	_, err = fmt.Fprintf(a.stdout, "Trial %d of study %s %s\n", t.Number, s.Name, what)
	return err
}
