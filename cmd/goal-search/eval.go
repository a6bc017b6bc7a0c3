package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/trainer"
)

func (a *app) newEvalCommand() *cobra.Command {
	var dataDir string
	var threads int
	var test bool
	cmd := &cobra.Command{
		Use:   "eval FILE",
		Short: "Evaluate a trained network",
		Long: `Eval measures the accuracy of a network that train has saved, with labels
withheld: on the validation images of its run, as its last epoch did, and with
--test on the test images too.`,
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
	if e.ValidationAccuracy, err = run.Validate(ctx); err != nil {
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

func (a *app) printEval(e evalJSON) error {
	c := e.Config
	fmt.Fprintf(a.stdout, "%s, %d neurons, seed %d, on %s, after epoch %d of %d\n", c.Network, c.Hidden, c.Seed, e.DataSet, e.Epoch, c.Epochs)
	_, err := fmt.Fprintf(a.stdout, "Validation accuracy %s.\n", percent(e.ValidationAccuracy))
	if e.TestAccuracy != nil {
		_, err = fmt.Fprintf(a.stdout, "Test accuracy %s.\n", percent(*e.TestAccuracy))
	}
	return err
}
