package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/api/client"
)

func (a *app) newWorkersCommand() *cobra.Command {
	var drain string
	cmd := &cobra.Command{
		Use:   "workers",
		Short: "List the workers of a server, or drain one",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.remote.Address == "" {
				return usageError("workers register at a server: want --server HOST:PORT or $GOAL_SEARCH_SERVER")
			}
			server, err := a.dial()
			if err != nil {
				return err
			}
			defer server.Close()
			if drain != "" {
				return a.drainWorker(cmd.Context(), server, drain)
			}
			return a.listWorkers(cmd.Context(), server)
		},
	}
	cmd.Flags().StringVar(&drain, "drain", "", "let the worker of this `NAME` finish what it has, and give it no more")
	return cmd
}

func (a *app) drainWorker(ctx context.Context, server *client.Client, name string) error {
	w, err := server.DrainWorker(ctx, name)
	if err != nil {
		return notFoundAs(err, "no worker %q", name)
	}
	if a.json {
		return a.printJSON(w)
	}
	_, err = fmt.Fprintf(a.stdout, "Worker %s is given no more trials\n", w.Name)
	return err
}

func (a *app) listWorkers(ctx context.Context, server *client.Client) error {
	all, err := server.Workers(ctx)
	if err != nil {
		return err
	}
	if a.json {
		if all == nil {
			all = []client.WorkerStanding{}
		}
		return a.printJSON(all)
	}
	if len(all) == 0 {
		fmt.Fprintf(a.stderr, "No workers yet. Start one on each machine with: goal-search worker%s\n", a.storeFlag())
		return nil
	}
	rows := [][]string{{"WORKER", "STATE", "RUNNING", "SLOTS", "KERNELS", "VERSION", "LABELS", "SEEN"}}
	for _, w := range all {
		rows = append(rows, []string{
			w.Name, workerState(w), fmt.Sprint(w.Running), fmt.Sprint(w.Slots), w.KernelPath, w.Version, labelsText(w.Labels),
			duration(max(0, time.Since(w.LastSeenAt))) + " ago",
		})
	}
	return writeTable(a.stdout, rows)
}

// silentAfter is longer than any worker of ours waits in one call.
const silentAfter = 2 * time.Minute

func workerState(w client.WorkerStanding) string {
	switch {
	case w.Draining && w.Running == 0:
		return "drained"
	case time.Since(w.LastSeenAt) > silentAfter:
		return "silent"
	case w.Draining:
		return "draining"
	}
	return "active"
}

// labelsText writes labels by name, "-" for none.
func labelsText(labels map[string]string) string {
	var all []string
	for name, value := range labels {
		all = append(all, name+"="+value)
	}
	if len(all) == 0 {
		return "-"
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}
