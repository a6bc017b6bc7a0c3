package main

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/internal/bench"
	"github.com/goal-search/goal-search/internal/catalogue"
	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// benchOptions are the flags of bench.
type benchOptions struct {
	config   trainer.Config
	goal     string
	dataset  string
	dataDir  string
	images   int
	cores    int
	threads  int
	rounds   int
	allPaths bool
}

func (a *app) newBenchCommand() *cobra.Command {
	o := benchOptions{config: trainer.DefaultConfig()}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how fast networks train on this machine",
		Long: `Bench trains networks for a few epochs and tells where the time of a training
step goes, how long an epoch and a whole trial take, and what is gained by
several trials at once or by several cores for one trial. Times are medians.
Peak rates of one core stand beside them.

The kernels' instruction set is chosen by the processor, and can be forced:
$` + kernel.PathVariable + ` is one of avx512, avx2 and generic.`,
		Example: `  goal-search bench
  goal-search bench --dataset mnist --hidden 500
  goal-search bench --all-paths --rounds 1`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := untilInterrupt(cmd.Context())
			defer stop()
			return a.bench(ctx, o)
		},
	}
	f, c := cmd.Flags(), &o.config
	addNetworkFlag(cmd, &c.Network)
	f.StringVar(&o.goal, "goal", "naive", "what the hidden neurons aim for, a published goal; most take the same time")
	f.StringVar(&o.dataset, "dataset", "digits", "data set: "+strings.Join(dataset.Names(), ", "))
	addDataDirFlag(cmd, &o.dataDir)
	f.IntVar(&o.images, "images", 0, "use only the first so many training images; 0 uses all")
	f.IntVar(&c.Hidden, "hidden", c.Hidden, "neurons of the hidden layer")
	f.IntVar(&c.Epochs, "epochs", c.Epochs, "epochs of a trial, which is computed from a few")
	f.IntVar(&c.BatchSize, "batch-size", c.BatchSize, "images per training step")
	f.IntVar(&o.cores, "workers", runtime.GOMAXPROCS(0), "trials at once, at most")
	addThreadsFlag(cmd, &o.threads)
	f.IntVar(&o.rounds, "rounds", 3, "how often everything is measured")
	f.BoolVar(&o.allPaths, "all-paths", false, "measure every instruction set that this processor has")
	return cmd
}

// check looks at everything that can be wrong before any data is read.
func (o *benchOptions) check() error {
	goal, err := findGoal(catalogue.New(""), o.config.Network, o.goal, false)
	if err != nil {
		return err
	}
	o.config.Goal = goal.Gamma
	if err := o.config.Validate(); err != nil {
		return exitError{exitUsage, err}
	}
	if o.rounds < 1 || o.rounds > 1000 {
		return usageError("rounds %d: want 1 to 1000", o.rounds)
	}
	if o.cores < 1 {
		return usageError("workers %d: want at least 1", o.cores)
	}
	return checkThreads(o.threads)
}

func (a *app) bench(ctx context.Context, o benchOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	set, err := openData(o.dataset, o.dataDir, o.images)
	if err != nil {
		return err
	}
	paths := []kernel.Path{kernel.Current()}
	if o.allPaths {
		paths = kernel.Available()
	}
	var reports []bench.Report
	for _, path := range paths {
		r, err := a.benchPath(ctx, o, set, path)
		if ctx.Err() != nil {
			return exitError{exitInterrupted, ctx.Err()}
		}
		if err != nil {
			return err
		}
		reports = append(reports, r)
	}
	switch {
	case a.json && o.allPaths:
		return a.printJSON(reports)
	case a.json:
		return a.printJSON(reports[0])
	}
	return writeBench(a.stdout, reports)
}

// benchPath measures with one instruction set.
func (a *app) benchPath(ctx context.Context, o benchOptions, set *dataset.Set, path kernel.Path) (bench.Report, error) {
	defer kernel.Use(kernel.Use(path))
	progress := newStatusWriter(a.stderr)
	defer progress.status("")
	return bench.Measure(ctx, bench.Options{
		Config: o.config, Set: set, Cores: o.cores, Threads: o.threads, Rounds: o.rounds,
		Status: func(round, last int) {
			progress.status(fmt.Sprintf("%s: round %d of %d", path, round, last))
		},
	})
}
