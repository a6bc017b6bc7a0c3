package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/internal/catalogue"
	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
)

func (a *app) newBestCommand() *cobra.Command {
	var save string
	cmd := &cobra.Command{
		Use:   "best",
		Short: "Show the best goal that a study found",
		Long: `Best shows γ of the trial with the highest validation accuracy, as a table and
in words. With --save it becomes one of your goals, to train by name.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, s, err := a.openStudy(cmd.Context())
			if err != nil {
				return err
			}
			defer store.Close()
			if save != "" {
				return a.saveBest(cmd.Context(), store, s, save)
			}
			return a.showBest(cmd.Context(), store, s)
		},
	}
	cmd.Flags().StringVar(&save, "save", "", "keep the goal under this `NAME`")
	return cmd
}

// bestGoal is the best trial of a study and what its goal means.
type bestGoal struct {
	study  study.Study
	trial  study.Trial
	counts study.Counts
	config trainer.Config
	aims   []objective.Aim
	entry  catalogue.Entry
}

// aimsShown is how many demands of a goal the sentence names, as Table 3 does.
const aimsShown = 4

func findBest(ctx context.Context, store keeper, s study.Study) (bestGoal, error) {
	b := bestGoal{study: s}
	var ok bool
	var err error
	if b.trial, ok, err = study.ReadBest(ctx, store, s.ID); err != nil {
		return b, err
	}
	if !ok {
		return b, noBest(ctx, store, s)
	}
	if b.counts, err = store.Counts(ctx, s.ID); err != nil {
		return b, err
	}
	if b.config, err = objective.ConfigOf(s.Spec, b.trial); err != nil {
		return b, err
	}
	if b.aims, err = objective.Aims(b.config.Network, b.config.Goal, aimsShown); err != nil {
		return b, err
	}
	b.entry = catalogue.Entry{
		Family: trainer.Family(b.config.Network),
		Note: fmt.Sprintf("trial %d of study %s: %s validation accuracy on %s",
			b.trial.Number, s.Name, percent(*b.trial.Value), s.Spec.DataSet.Name),
		Gamma: b.config.Goal,
	}
	return b, nil
}

// noBest says why there is no best trial.
func noBest(ctx context.Context, store keeper, s study.Study) error {
	failed, err := store.Trials(ctx, s.ID, study.Filter{States: []study.TrialState{study.Failed}, Limit: 1})
	if err != nil {
		return err
	}
	if len(failed) > 0 {
		return notFoundError("study %s has no complete trial yet; trial %d failed: %s", s.Name, failed[0].Number, firstLine(failed[0].Reason))
	}
	return notFoundError("study %s has no complete trial yet", s.Name)
}

func (a *app) showBest(ctx context.Context, store keeper, s study.Study) error {
	b, err := findBest(ctx, store, s)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(b.json())
	}
	w := a.stdout
	fmt.Fprintf(w, "Best goal of study %s: trial %d, validation accuracy %s (%d of %s finished%s)\n\n",
		s.Name, b.trial.Number, percent(*b.trial.Value), b.counts.Finished(), count(s.Budget.Trials, "trial"), deletedText(b.counts.Deleted))
	if err := writeGoalTable(w, b.entry); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s\n", wrap(objective.Sentence(b.aims), 79))
	if others := b.others(); others != "" {
		fmt.Fprintf(w, "\nWith %s.\n", others)
	}
	_, err = fmt.Fprintf(w, "\nTrain with it:\n  goal-search best%s --study %s --save my-goal\n  %s\n",
		a.storeFlag(), s.Name, b.trainCommand("my-goal"))
	return err
}

// others lists the trial's parameters that are no γ, in the space's order.
func (b bestGoal) others() string {
	var others []string
	for _, p := range b.study.Spec.Space {
		if !strings.HasPrefix(p.Name, "gamma_") {
			others = append(others, fmt.Sprintf("%s %g", p.Name, b.trial.Parameters[p.Name]))
		}
	}
	return strings.Join(others, ", ")
}

// trainCommand trains the trial's very network: whatever is not train's
// default is given.
func (b bestGoal) trainCommand(goal string) string {
	c, usual := b.config, trainer.DefaultConfig()
	text := fmt.Sprintf("goal-search train --goal %s --dataset %s --images %d", goal, b.study.Spec.DataSet.Name, b.study.Spec.DataSet.Images)
	for _, flag := range []struct {
		name       string
		value, not any
	}{
		{"network", c.Network, usual.Network},
		{"hidden", c.Hidden, usual.Hidden},
		{"max-connections", c.MaxConnections, usual.MaxConnections},
		{"epochs", c.Epochs, usual.Epochs},
		{"batch-size", c.BatchSize, usual.BatchSize},
		{"seed", c.Seed, usual.Seed},
		{"learning-rate", c.LearningRate, usual.LearningRate},
		{"weight-decay", c.WeightDecay, usual.WeightDecay},
		{"output-learning-rate", c.OutputLearningRate, usual.OutputLearningRate},
		{"output-weight-decay", c.OutputWeightDecay, usual.OutputWeightDecay},
	} {
		if flag.value != flag.not {
			text += fmt.Sprintf(" --%s %v", flag.name, flag.value)
		}
	}
	return text
}

// saveBest keeps the goal in the user's catalogue.
func (a *app) saveBest(ctx context.Context, store keeper, s study.Study, name string) error {
	b, err := findBest(ctx, store, s)
	if err != nil {
		return err
	}
	b.entry.Name = name
	e, err := catalogue.New("").Add(b.entry)
	if errors.Is(err, catalogue.ErrExists) {
		return exitError{exitUsage, err}
	}
	if err != nil {
		return goalError(err)
	}
	if a.json {
		return a.printJSON(newGoalJSON(e))
	}
	_, err = fmt.Fprintf(a.stdout, "Kept trial %d of study %s as goal %s.\nTrain with it: %s\n",
		b.trial.Number, s.Name, e.FullName(), b.trainCommand(name))
	return err
}

type bestJSON struct {
	Study    string             `json:"study"`
	Trial    int                `json:"trial"`
	Value    float64            `json:"value"`
	Finished int                `json:"finished"`
	Trials   int                `json:"trials"`
	Seed     uint64             `json:"seed"`
	Network  string             `json:"network"`
	Gamma    []float64          `json:"gamma"`
	Terms    map[string]float64 `json:"terms"`
	Params   study.Parameters   `json:"parameters"`
	Aims     []objective.Aim    `json:"aims"`
	Sentence string             `json:"sentence"`
}

func (b bestGoal) json() bestJSON {
	terms := make(map[string]float64, len(b.entry.Gamma))
	for i, name := range b.entry.TermNames() {
		terms[name] = b.entry.Gamma[i]
	}
	return bestJSON{
		Study: b.study.Name, Trial: b.trial.Number, Value: *b.trial.Value,
		Finished: b.counts.Finished(), Trials: b.study.Budget.Trials, Seed: b.trial.Seed,
		Network: b.config.Network, Gamma: b.config.Goal, Terms: terms, Params: b.trial.Parameters,
		Aims: b.aims, Sentence: objective.Sentence(b.aims),
	}
}
