package main

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/internal/catalogue"
	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/study"
)

type enqueueOptions struct {
	goal     string
	goalsDir string
	set      []string
	seed     uint64
	seedSet  bool
}

func (a *app) newEnqueueCommand() *cobra.Command {
	var o enqueueOptions
	cmd := &cobra.Command{
		Use:   "enqueue",
		Short: "Have a study try a goal of yours",
		Long: `Enqueue adds a trial with the goal that you give. It is run before the sampler
suggests more, and the sampler learns from it.`,
		Example: `  goal-search enqueue --goal naive
  goal-search enqueue --goal mine --set {F}{C}=0.9 --set learning_rate=1e-3`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.seedSet = cmd.Flags().Changed("trainer-seed")
			return a.enqueue(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.goal, "goal", "", "a name of goal-search goals, or a file; what it does not say is 0")
	addGoalsDirFlag(cmd, &o.goalsDir)
	cmd.Flags().StringArrayVar(&o.set, "set", nil, "set a parameter: `NAME=VALUE`; may be repeated")
	cmd.Flags().Uint64Var(&o.seed, "trainer-seed", 0, "seed of the training (default: the study's)")
	return cmd
}

func (a *app) enqueue(ctx context.Context, o enqueueOptions) error {
	k, s, err := a.openToChange(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	point, err := o.point(s)
	if err != nil {
		return err
	}
	if !o.seedSet {
		o.seed = s.Spec.TrainerSeed
	}
	t, err := k.EnqueueTrial(ctx, s.ID, point, o.seed)
	switch {
	case errors.Is(err, study.ErrEnded) && s.State == study.StudyCompleted:
		return fmt.Errorf("study %s: the study has ended: it is %s\nHave it go on with: goal-search resume%s --study %[1]s, or with more trials: goal-search start%[3]s --study %[1]s --trials N",
			s.Name, stateText(s), a.storeFlag())
	case errors.Is(err, study.ErrBudget):
		return fmt.Errorf("study %s: %w\nHave more with: goal-search start%s --study %[1]s --trials N", s.Name, study.ErrBudget, a.storeFlag())
	case err != nil:
		return fmt.Errorf("study %s: %w", s.Name, err)
	}
	if a.json {
		return a.printJSON(t)
	}
	_, err = fmt.Fprintf(a.stdout, "Trial %d of study %s waits to be run\n", t.Number, s.Name)
	return err
}

// point returns a value for every parameter of the study.
func (o enqueueOptions) point(s study.Study) (study.Parameters, error) {
	config, err := objective.DecodeConfig(s.Spec.Objective)
	if err != nil {
		return nil, err
	}
	point := make(study.Parameters)
	if o.goal != "" {
		if point, err = o.pointOfGoal(config.Network); err != nil {
			return nil, err
		}
	}
	for _, text := range o.set {
		p, err := parseFix(config.Network, text)
		if err != nil {
			return nil, err
		}
		point[p.Name] = p.Low
	}
	given := maps.Clone(point)
	point = s.Spec.Space.Complete(point)
	for name := range given {
		if _, ok := point[name]; !ok {
			return nil, usageError("study %s does not search %s: leave it out", s.Name, name)
		}
	}
	if err := s.Spec.Space.Check(point); err != nil {
		return nil, usageError("study %s: %w", s.Name, err)
	}
	return point, nil
}

// pointOfGoal returns γ by parameter.
func (o enqueueOptions) pointOfGoal(network string) (study.Parameters, error) {
	goal, err := findGoal(catalogue.New(o.goalsDir), network, o.goal, false)
	if err != nil {
		return nil, err
	}
	names, err := objective.GammaNames(network)
	if err != nil {
		return nil, err
	}
	point := make(study.Parameters, len(names))
	for i, name := range names {
		point[name] = goal.Gamma[i]
	}
	return point, nil
}
