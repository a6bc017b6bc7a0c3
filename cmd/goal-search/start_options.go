package main

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/goal-search/goal-search/internal/daemon"
	"github.com/goal-search/goal-search/internal/worker"
	"github.com/goal-search/goal-search/sampler"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// Defaults of a first search: about two minutes on two cores.
const (
	defaultSampler   = "cmaes"
	defaultTrials    = 250
	defaultImages    = 10000
	defaultHidden    = 50
	defaultEpochs    = 10
	defaultBatchSize = 64
)

// startOptions are the flags of start. What a study fixes comes from the
// study when it exists.
type startOptions struct {
	file    string
	dataDir string
	workers int
	saving  worker.Saving
	trials  int

	wallTime time.Duration
	target   float64
	patience int
	priority int
	require  map[string]string

	sampler     string
	seed        uint64
	dataset     string
	images      int
	network     string
	hidden      int
	connections int
	epochs      int
	batchSize   int
	trainerSeed uint64
	fix         []string
	ranges      []string

	given map[string]bool // by flag name: given as a flag or in the file
}

func (o *startOptions) addFlags(f *pflag.FlagSet) {
	f.StringVarP(&o.file, "file", "f", "", "YAML file of settings, by the names of the flags")
	f.IntVar(&o.trials, "trials", defaultTrials, "trials of the study in all, the finished ones too")
	f.DurationVar(&o.wallTime, "wall-time", 0, "start no trial later than this after the study was made, such as 8h (default: no bound)")
	f.Float64Var(&o.target, "target", 0, "end when a validation accuracy, 0 to 1, reaches this (default: no bound)")
	f.IntVar(&o.patience, "patience", 0, "end when so many complete trials in a row were no better (default: no bound)")
	f.IntVar(&o.priority, "priority", 0, "at a server: workers take trials of the highest priority first")
	f.StringToStringVar(&o.require, "require", nil, "at a server: `LABEL=VALUE` that a worker must have; may be repeated")
	f.Lookup("require").DefValue = "" // not []
	f.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "trials at a time in this process")
	daemon.AddSavingFlags(f, &o.saving)
	f.StringVar(&o.sampler, "sampler", defaultSampler, "search algorithm: "+strings.Join(sampler.Names(), ", "))
	f.Uint64Var(&o.seed, "seed", 0, "seed of the search (default: drawn, and kept with the study)")
	f.StringVar(&o.dataset, "dataset", "digits", "data set: "+strings.Join(dataset.Names(), ", "))
	f.StringVar(&o.dataDir, "data-dir", "", "folder of the data set's files")
	f.IntVar(&o.images, "images", defaultImages, "use only the first so many training images; 0 uses all")
	f.StringVar(&o.network, "network", trainer.DefaultConfig().Network, "network: "+strings.Join(trainer.Networks(), ", "))
	f.IntVar(&o.hidden, "hidden", defaultHidden, "neurons of the hidden layer")
	addMaxConnectionsFlag(f, &o.connections)
	f.IntVar(&o.epochs, "epochs", defaultEpochs, "epochs of each training")
	f.IntVar(&o.batchSize, "batch-size", defaultBatchSize, "images per training step")
	f.Uint64Var(&o.trainerSeed, "trainer-seed", trainer.DefaultConfig().Seed, "seed of every training")
	f.StringArrayVar(&o.fix, "fix", nil, "fix a parameter: `NAME=VALUE`; may be repeated")
	f.StringArrayVar(&o.ranges, "range", nil, "search a parameter: `NAME=LOW:HIGH[:log][:int]`; may be repeated")
}

// complete adds what the file says and checks what does not need the study.
func (o *startOptions) complete(cmd *cobra.Command, name *string) error {
	flags := cmd.Flags()
	if o.file != "" {
		if err := readStartFile(o.file, flags); err != nil {
			return err
		}
	}
	o.given = make(map[string]bool)
	flags.Visit(func(f *pflag.Flag) { o.given[f.Name] = true })
	if !o.given["seed"] {
		o.seed = uint64(rand.Uint32())
	}
	if o.given["study"] && *name == "" {
		return usageError("--study is empty: want a name, or leave it out")
	}
	return o.check()
}

// budget is the old one with what was given.
func (o *startOptions) budget(old study.Budget) study.Budget {
	if o.given["trials"] || old.Trials == 0 {
		old.Trials = o.trials
	}
	if o.given["wall-time"] {
		old.WallTime = o.wallTime
	}
	if o.given["target"] {
		old.Target = &o.target
	}
	if o.given["patience"] {
		old.Patience = o.patience
	}
	return old
}

func (o *startOptions) check() error {
	switch {
	case o.trials < 1:
		return usageError("--trials %d: want at least 1", o.trials)
	case o.workers < 1 || o.workers > 1024:
		return usageError("--workers %d: want 1 to 1024", o.workers)
	case o.wallTime < 0:
		return usageError("--wall-time %v: want more than 0", o.wallTime)
	case o.patience < 0:
		return usageError("--patience %d: want at least 1", o.patience)
	case o.images < 0:
		return usageError("--images %d: want at least 1, or 0 for all", o.images)
	case !slices.Contains(sampler.Names(), o.sampler):
		return usageError("--sampler %q: want one of %s", o.sampler, strings.Join(sampler.Names(), ", "))
	case !slices.Contains(dataset.Names(), o.dataset):
		return usageError("--dataset %q: want one of %s", o.dataset, strings.Join(dataset.Names(), ", "))
	case !slices.Contains(trainer.Networks(), o.network):
		return usageError("--network %q: want one of %s", o.network, strings.Join(trainer.Networks(), ", "))
	}
	if err := daemon.CheckSaving(o.saving); err != nil {
		return usageError("%v", err)
	}
	return nil
}
