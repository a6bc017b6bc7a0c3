package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

func (a *app) newEvalCommand() *cobra.Command {
	var dataDir string
	var threads int
	var test bool
	cmd := &cobra.Command{
		Use:   "eval FILE",
		Short: "Evaluate a trained network",
		Long: `Eval measures the accuracy of a network that train has saved, with labels
withheld: on the validation images of its run, and with --test on the test
images too. Neurons fire at random, so the number is not the last epoch's to
the digit.`,
		Args: oneArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := untilInterrupt(cmd.Context())
			defer stop()
			if err := checkThreads(threads); err != nil {
				return err
			}
			return a.eval(ctx, args[0], dataDir, threads, test)
		},
	}
	addDataDirFlag(cmd, &dataDir)
	addThreadsFlag(cmd, &threads)
	cmd.Flags().BoolVar(&test, "test", false, "measure the accuracy on the test images too")
	return cmd
}

// evalJSON is an evaluation as programs get it.
type evalJSON struct {
	File               string         `json:"file"`
	Config             trainer.Config `json:"config"`
	DataSet            string         `json:"data_set"`
	DataHash           string         `json:"data_hash"`
	Epoch              int            `json:"epoch"` // the last one trained; -1 is none
	ValidationAccuracy float64        `json:"validation_accuracy"`
	TestAccuracy       *float64       `json:"test_accuracy,omitempty"`
}

func (a *app) eval(ctx context.Context, path, dataDir string, threads int, test bool) error {
	info, err := readInfo(path)
	if err != nil {
		return err
	}
	run, set, err := loadRun(path, info, dataDir, threads)
	if err != nil {
		return err
	}
	e := evalJSON{File: path, Config: info.Config, DataSet: info.DataSet, DataHash: info.DataHash, Epoch: info.NextEpoch - 1}
	if e.ValidationAccuracy, err = run.Evaluate(ctx, validationImages(set, info.Config)); err != nil {
		return interruptedOr(ctx, err)
	}
	if test {
		accuracy, err := testAccuracy(ctx, run, set)
		if err != nil {
			return interruptedOr(ctx, err)
		}
		e.TestAccuracy = &accuracy
	}
	if a.json {
		return a.printJSON(e)
	}
	return a.printEval(e)
}

func interruptedOr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return exitError{exitInterrupted, fmt.Errorf("interrupted")}
	}
	return err
}

// validationImages copies the images that the run validates on.
func validationImages(set *dataset.Set, c trainer.Config) *dataset.Images {
	all := set.Train
	_, chosen := dataset.Split(all.Len(), c.ValidationFraction, c.Seed)
	images := &dataset.Images{Channels: all.Channels, Height: all.Height, Width: all.Width}
	for _, i := range chosen {
		images.Pixels = append(images.Pixels, all.Image(int(i))...)
		images.Labels = append(images.Labels, all.Labels[i])
	}
	return images
}

func (a *app) printEval(e evalJSON) error {
	c := e.Config
	fmt.Fprintf(a.stdout, "%s, %d neurons, seed %d, on %s, after epoch %d of %d\n", c.Network, c.Hidden, c.Seed, e.DataSet, e.Epoch, c.Epochs)
	_, err := fmt.Fprintf(a.stdout, "Validation accuracy %s.\n", percent(e.ValidationAccuracy))
	if e.TestAccuracy != nil {
		_, err = fmt.Fprintf(a.stdout, "Test accuracy %s.\n", percent(*e.TestAccuracy))
	}
	return err
}
