package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/api/client"
	"github.com/goal-search/goal-search/study"
)

func (a *app) newWatchCommand() *cobra.Command {
	var after int64
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Follow a study as its trials run, until it ends",
		Long: `Watch tells of every trial that finishes and, on a terminal, of those that run. It
ends with the study, or with Ctrl-C. With --json it prints every event, one a
line; --after goes on after the number of one.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if after < -1 {
				return usageError("--after %d: want a number of an event, 0 for all, or -1 for those to come", after)
			}
			ctx, stop := untilInterrupt(cmd.Context())
			defer stop()
			return orInterrupt(ctx, a.watch(ctx, after))
		},
	}
	cmd.Flags().Int64Var(&after, "after", -1, "`NUMBER` of the last event that is known already: 0 for none, -1 for all that were")
	return cmd
}

// orInterrupt returns nil for Ctrl-C, which is how one stops watching.
func orInterrupt(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// errEnded ends watching.
var errEnded = errors.New("the study has ended")

func (a *app) watch(ctx context.Context, after int64) error {
	k, s, err := a.openStudy(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	show, begin := a.showEvent, a.showNothing
	if !a.json {
		v, err := newView(ctx, a.stdout, k, s)
		if err != nil {
			return err
		}
		defer v.out.status("")
		show, begin = v.event, v.begin
	}
	if err = begin(); err == nil {
		err = follow(ctx, k, s, study.Watch{EventFilter: study.EventFilter{After: after}}, untilEnded(ctx, k, s, show))
	}
	if errors.Is(err, errEnded) {
		return nil
	}
	return err
}

func (a *app) showNothing() error { return nil }

// showEvent prints an event for programs.
func (a *app) showEvent(w study.Watched) error {
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s\n", text)
	return err
}

// untilEnded shows events, and returns errEnded after the one that ended the
// study and after which nobody had it go on.
func untilEnded(ctx context.Context, k keeper, s study.Study, show func(study.Watched) error) func(study.Watched) error {
	return func(w study.Watched) error {
		if err := show(w); err != nil || !hasEnded(w.State) {
			return err
		}
		now, err := k.Study(ctx, s.Name)
		if err == nil && now.State == w.State && now.StateReason == w.Reason {
			return errEnded
		}
		return err
	}
}

func hasEnded(state study.StudyState) bool {
	return state == study.StudyCompleted || state == study.StudyAborted
}

// follow gives each event that is wanted to each, of a server's study or a
// store's.
func follow(ctx context.Context, k keeper, s study.Study, w study.Watch, each func(study.Watched) error) error {
	switch kept := k.(type) {
	case *client.Client:
		return kept.Watch(ctx, s.ID, w, each)
	case study.Store:
		return followStore(ctx, kept, s, w, each)
	}
	return fmt.Errorf("cannot follow studies in %T", k)
}

// followInterval is how often a store is read that other processes write to.
const followInterval = 500 * time.Millisecond

func followStore(ctx context.Context, store study.Store, s study.Study, w study.Watch, each func(study.Watched) error) error {
	watcher, err := study.NewWatcher(ctx, store, s.ID, w)
	if err != nil {
		return err
	}
	for {
		events, err := watcher.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := each(e); err != nil {
				return err
			}
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-time.After(followInterval):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
