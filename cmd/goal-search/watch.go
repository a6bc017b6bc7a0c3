package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
			err := a.watch(ctx, after)
			if ctx.Err() != nil && errors.Is(err, context.Canceled) {
				return nil // Ctrl-C is how one stops watching
			}
			return err
		},
	}
	cmd.Flags().Int64Var(&after, "after", -1, "`NUMBER` of the last event that is known already: 0 for none, -1 for all that were")
	return cmd
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
		err = follow(ctx, k, s, after, untilEnded(ctx, k, s, show))
	}
	if errors.Is(err, errEnded) {
		return nil
	}
	return err
}

func (a *app) showNothing() error { return nil }

// showEvent prints an event for programs.
func (a *app) showEvent(w client.Watched) error {
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s\n", text)
	return err
}

// untilEnded shows events, and returns errEnded after the one that ended the
// study and after which nobody had it go on.
func untilEnded(ctx context.Context, k keeper, s study.Study, show func(client.Watched) error) func(client.Watched) error {
	return func(w client.Watched) error {
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

// follow gives each event to each, of a server's study or a store's.
func follow(ctx context.Context, k keeper, s study.Study, after int64, each func(client.Watched) error) error {
	switch kept := k.(type) {
	case *client.Client:
		return kept.Watch(ctx, s.ID, after, each)
	case study.Store:
		return followStore(ctx, kept, s, after, each)
	}
	return fmt.Errorf("cannot follow studies in %T", k)
}

// Of a store that other processes write to.
const (
	followInterval = 500 * time.Millisecond
	followAtOnce   = 100 // events
)

func followStore(ctx context.Context, store study.Store, s study.Study, after int64, each func(client.Watched) error) (err error) {
	if after == -1 {
		if after, err = store.LastEvent(ctx, s.ID); err != nil {
			return err
		}
	}
	for {
		events, err := store.Events(ctx, s.ID, after, followAtOnce)
		if err != nil {
			return err
		}
		for _, e := range events {
			w, err := withTrial(ctx, store, s, e)
			if err != nil {
				return err
			}
			if err := each(w); err != nil {
				return err
			}
			after = e.Number
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

// withTrial adds the trial that the event is about.
func withTrial(ctx context.Context, store study.Store, s study.Study, e study.Event) (client.Watched, error) {
	w := client.Watched{Event: e}
	if e.Kind == study.StateChanged {
		return w, nil
	}
	var err error
	w.TrialNow, err = store.Trial(ctx, s.ID, e.Trial)
	return w, err
}
