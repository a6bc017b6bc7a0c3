package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/goal-search/goal-search/internal/catalogue"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// trainOptions are the flags of train.
type trainOptions struct {
	config   trainer.Config
	goal     string
	gamma    []string
	goalsDir string
	dataset  string
	dataDir  string
	images   int
	threads  int
	test     bool
	out      string
	resume   string
	force    bool
}

func (a *app) newTrainCommand() *cobra.Command {
	o := trainOptions{config: trainer.DefaultConfig()}
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train one network for a goal",
		Long: `Train trains one network and prints a line per epoch: accuracy on the training
images (while the weights move, with labels as context) and on the validation
images (labels withheld), and what the hidden neurons reach of their goal.
Epoch 0 is without update. The weights are saved after every epoch, so that an
interrupted run can go on. The test images are read only with --test.`,
		Example: `  goal-search train --goal opt_1_100_tpe --epochs 10
  goal-search train --dataset mnist --goal mine.yaml --hidden 200 --out mine.safetensors
  goal-search train --goal opt_1_100_tpe --gamma {FC}{FL}=0
  goal-search train --resume mine.safetensors`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := untilInterrupt(cmd.Context())
			defer stop()
			if o.resume != "" {
				return a.resumeTraining(ctx, cmd, o)
			}
			return a.startTraining(ctx, o)
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *trainOptions) addFlags(cmd *cobra.Command) {
	f, c := cmd.Flags(), &o.config
	f.StringVar(&o.goal, "goal", "naive", "what the hidden neurons aim for: a name of goal-search goals, or a file")
	f.StringArrayVar(&o.gamma, "gamma", nil, "change γ of a term: `TERM=VALUE`, TERM*=FACTOR or TERM+=DIFFERENCE; may be repeated")
	addGoalsDirFlag(cmd, &o.goalsDir)
	addNetworkFlag(cmd, &c.Network)
	f.StringVar(&o.dataset, "dataset", "digits", "data set: "+strings.Join(dataset.Names(), ", "))
	addDataDirFlag(cmd, &o.dataDir)
	f.IntVar(&o.images, "images", 0, "use only the first so many training images; 0 uses all")
	f.IntVar(&c.Hidden, "hidden", c.Hidden, "neurons of the hidden layer")
	addMaxConnectionsFlag(f, &c.MaxConnections)
	f.IntVar(&c.Epochs, "epochs", c.Epochs, "epochs with updates")
	f.IntVar(&c.BatchSize, "batch-size", c.BatchSize, "images per training step")
	f.Float64Var(&c.ValidationFraction, "validation-fraction", c.ValidationFraction, "part of the training images that validates")
	f.Uint64Var(&c.Seed, "seed", c.Seed, "seed of split, weights and everything else that is random")
	f.Float64Var(&c.LearningRate, "learning-rate", c.LearningRate, "of the hidden layer")
	f.Float64Var(&c.WeightDecay, "weight-decay", c.WeightDecay, "of the hidden layer")
	f.Float64Var(&c.OutputLearningRate, "output-learning-rate", c.OutputLearningRate, "of the output layer")
	f.Float64Var(&c.OutputWeightDecay, "output-weight-decay", c.OutputWeightDecay, "of the output layer")
	addThreadsFlag(cmd, &o.threads)
	f.BoolVar(&o.test, "test", false, "measure the accuracy on the test images at the end")
	f.StringVar(&o.out, "out", "", "file of the weights (default: NETWORK-GOAL-seedSEED.safetensors)")
	f.StringVar(&o.resume, "resume", "", "go on with the run saved in this `FILE`")
	f.BoolVar(&o.force, "force", false, "replace an existing file of weights")
}

func addMaxConnectionsFlag(f *pflag.FlagSet, connections *int) {
	f.IntVar(connections, "max-connections", 0, "lateral connections of a hidden neuron in setup2; 0 is the published 100")
}

func addThreadsFlag(cmd *cobra.Command, threads *int) {
	cmd.Flags().IntVar(threads, "threads", runtime.GOMAXPROCS(0), "cores to use; the result does not depend on it")
}

// startTraining trains a new network.
func (a *app) startTraining(ctx context.Context, o trainOptions) error {
	goal, err := o.findGoal()
	if err != nil {
		return err
	}
	o.config.Goal = goal.Gamma
	if err := o.check(); err != nil {
		return err
	}
	if o.out == "" {
		o.out = o.defaultOut(goal)
	}
	if _, err := os.Stat(o.out); err == nil && !o.force {
		return usageError("%s exists: want another --out, --resume %s to go on with it, or --force to replace it", o.out, o.out)
	}
	set, err := openData(o.dataset, o.dataDir, o.images)
	if err != nil {
		return err
	}
	run, err := trainer.NewRun(o.config, set, trainer.Options{Threads: o.threads})
	if err != nil {
		return exitError{exitUsage, err}
	}
	t := training{app: a, run: run, set: set, out: o.out, test: o.test, goal: o.goal}
	return t.do(ctx)
}

// findGoal returns the goal that the flags name, with the edits applied.
func (o trainOptions) findGoal() (catalogue.Entry, error) {
	goal, err := findGoal(catalogue.New(o.goalsDir), o.config.Network, o.goal, false)
	if err != nil {
		return goal, err
	}
	for _, text := range o.gamma {
		edit, err := catalogue.ParseEdit(goal.Family, text)
		if err != nil {
			return goal, exitError{exitUsage, err}
		}
		edit.Apply(goal.Gamma)
	}
	return goal, nil
}

// check looks at everything that can be wrong before any data is read.
func (o trainOptions) check() error {
	if err := o.config.Validate(); err != nil {
		return exitError{exitUsage, err}
	}
	return checkThreads(o.threads)
}

func checkThreads(threads int) error {
	if threads < 1 {
		return usageError("threads %d: want at least 1", threads)
	}
	return nil
}

func (o trainOptions) defaultOut(goal catalogue.Entry) string {
	name := goal.Name
	if name == "" || len(o.gamma) > 0 {
		name = strings.TrimSuffix(filepath.Base(o.goal), filepath.Ext(o.goal))
		if len(o.gamma) > 0 {
			name += "-edited"
		}
	}
	return fmt.Sprintf("%s-%s-seed%d.safetensors", o.config.Network, name, o.config.Seed)
}

// resumeTraining goes on with a saved run.
func (a *app) resumeTraining(ctx context.Context, cmd *cobra.Command, o trainOptions) error {
	info, err := readInfo(o.resume)
	if err != nil {
		return err
	}
	if err := checkThreads(o.threads); err != nil {
		return err
	}
	if err := o.checkAgainst(cmd, info); err != nil {
		return err
	}
	run, set, err := loadRun(o.resume, info, o.dataDir, o.threads)
	if err != nil {
		return err
	}
	if cmd.Flags().Changed("epochs") {
		if err := run.SetEpochs(o.config.Epochs); err != nil {
			return usageError("--resume %s: %w", o.resume, err)
		}
	}
	if o.out == "" {
		o.out = o.resume
	} else if _, err := os.Stat(o.out); err == nil && o.out != o.resume && !o.force {
		return usageError("%s exists: want another --out, or --force to replace it", o.out)
	}
	t := training{app: a, run: run, set: set, out: o.out, test: o.test, resumed: true}
	return t.do(ctx)
}

// checkAgainst refuses a flag that is given and differs from the saved run.
func (o trainOptions) checkAgainst(cmd *cobra.Command, info trainer.Info) error {
	saved, given := info.Config, o.config
	if cmd.Flags().Changed("goal") || cmd.Flags().Changed("gamma") {
		return usageError("--goal and --gamma: the run in %s has its goal; want neither with --resume", o.resume)
	}
	for _, setting := range []struct {
		flag         string
		given, saved any
	}{
		{"network", given.Network, saved.Network},
		{"dataset", o.dataset, info.DataSet},
		{"images", o.images, info.Images},
		{"hidden", given.Hidden, saved.Hidden},
		{"max-connections", given.MaxConnections, saved.MaxConnections},
		{"batch-size", given.BatchSize, saved.BatchSize},
		{"validation-fraction", given.ValidationFraction, saved.ValidationFraction},
		{"seed", given.Seed, saved.Seed},
		{"learning-rate", given.LearningRate, saved.LearningRate},
		{"weight-decay", given.WeightDecay, saved.WeightDecay},
		{"output-learning-rate", given.OutputLearningRate, saved.OutputLearningRate},
		{"output-weight-decay", given.OutputWeightDecay, saved.OutputWeightDecay},
	} {
		if cmd.Flags().Changed(setting.flag) && setting.given != setting.saved {
			return usageError("--%s %v: the run in %s has %v; want the same, or leave the flag out", setting.flag, setting.given, o.resume, setting.saved)
		}
	}
	return nil
}

func readInfo(path string) (trainer.Info, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return trainer.Info{}, exitError{exitUsage, err}
	}
	if err != nil {
		return trainer.Info{}, err
	}
	defer file.Close()
	info, err := trainer.ReadInfo(file)
	if err != nil {
		return info, usageError("%s: %w", path, err)
	}
	return info, nil
}

// loadRun opens the data set of a saved run, and the run.
func loadRun(path string, info trainer.Info, dataDir string, threads int) (*trainer.Run, *dataset.Set, error) {
	set, err := openData(info.DataSet, dataDir, info.Images)
	if err != nil {
		return nil, nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	run, err := trainer.LoadRun(file, set, trainer.Options{Threads: threads})
	if err != nil {
		return nil, nil, usageError("%s: %w", path, err)
	}
	return run, set, nil
}
