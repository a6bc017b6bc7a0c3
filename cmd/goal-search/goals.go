package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/internal/catalogue"
	"github.com/goal-search/goal-search/trainer"
)

// goalsOptions are the flags of the goals commands.
type goalsOptions struct {
	dir     string
	network string
	name    string
	yaml    bool
}

func (a *app) newGoalsCommand() *cobra.Command {
	var o goalsOptions
	cmd := &cobra.Command{
		Use:   "goals",
		Short: "List, show and keep goals: the published ones and your own",
		Long: `Goals says which goals there are: γ of every information term, by name.

Without a subcommand it lists them. A short name such as naive is looked up in
the family of the network; family/name is always unique.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.listGoals(o) },
	}
	addGoalsDirFlag(cmd, &o.dir)
	cmd.AddCommand(a.newGoalsListCommand(&o), a.newGoalsShowCommand(&o), a.newGoalsAddCommand(&o), a.newGoalsRemoveCommand(&o))
	return cmd
}

func addGoalsDirFlag(cmd *cobra.Command, dir *string) {
	cmd.PersistentFlags().StringVar(dir, "goals-dir", "", "folder of your own goals (default: $GOAL_SEARCH_GOALS, or in the user's data directory)")
}

func addNetworkFlag(cmd *cobra.Command, network *string) {
	cmd.Flags().StringVar(network, "network", trainer.DefaultConfig().Network, "network that the goal is for: "+strings.Join(trainer.Networks(), ", "))
}

func (a *app) newGoalsListCommand(o *goalsOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the goals by family",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return a.listGoals(*o) },
	}
}

func (a *app) newGoalsShowCommand(o *goalsOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show NAME|FILE",
		Short: "Show what a goal asks of a neuron",
		Example: `  goal-search goals show opt_1_100_tpe
  goal-search goals show infomorphic_context/naive
  goal-search goals show opt_1_100_tpe --yaml > mine.yaml`,
		Args: oneArgument,
		RunE: func(cmd *cobra.Command, args []string) error { return a.showGoal(cmd, *o, args[0]) },
	}
	addNetworkFlag(cmd, &o.network)
	cmd.Flags().BoolVar(&o.yaml, "yaml", false, "print a goal file, to edit and add")
	return cmd
}

func (a *app) newGoalsAddCommand(o *goalsOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add FILE",
		Short: "Keep a goal of your own, so that it can be used by name",
		Long: `Add checks a goal file and keeps it under its name. The file, YAML or JSON,
gives γ as a list, or by atom where the others are 0:

  name: four
  family: infomorphic_context_lateral
  note: the paper's Table 3
  gamma:
    {F}{C}: 0.98
    {F}{L}: -0.99
    {F}{C}{L}: 0.33
    {FC}{FL}: -0.97
    H_res: 0`,
		Args: oneArgument,
		RunE: func(cmd *cobra.Command, args []string) error { return a.addGoal(cmd, *o, args[0]) },
	}
	addNetworkFlag(cmd, &o.network)
	cmd.Flags().StringVar(&o.name, "name", "", "name of the goal (default: the one in the file)")
	return cmd
}

func (a *app) newGoalsRemoveCommand(o *goalsOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove one of your own goals",
		Args:  oneArgument,
		RunE:  func(cmd *cobra.Command, args []string) error { return a.removeGoal(cmd, *o, args[0]) },
	}
	addNetworkFlag(cmd, &o.network)
	return cmd
}

// goalJSON is a goal as programs get it.
type goalJSON struct {
	Family    string             `json:"family"`
	Name      string             `json:"name"`
	Note      string             `json:"note,omitempty"`
	Published bool               `json:"published"`
	File      string             `json:"file,omitempty"`
	Sources   string             `json:"sources"`
	Gamma     []float64          `json:"gamma"`
	Terms     map[string]float64 `json:"terms"`
}

func newGoalJSON(e catalogue.Entry) goalJSON {
	g := goalJSON{Family: e.Family, Name: e.Name, Note: e.Note, Published: e.Published(), File: e.File, Sources: e.Letters(), Gamma: e.Gamma}
	g.Terms = make(map[string]float64, len(e.Gamma))
	for i, name := range e.TermNames() {
		g.Terms[name] = e.Gamma[i]
	}
	return g
}

func (a *app) listGoals(o goalsOptions) error {
	entries, broken := catalogue.New(o.dir).List()
	if a.json {
		goals := make([]goalJSON, len(entries))
		for i, e := range entries {
			goals[i] = newGoalJSON(e)
		}
		return errors.Join(a.printJSON(goals), goalError(broken))
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, family := range catalogue.Families() {
		fmt.Fprintf(w, "%s\n", family)
		for _, e := range entries {
			if e.Family != family {
				continue
			}
			origin := "published"
			if !e.Published() {
				origin = "own"
			}
			fmt.Fprintf(w, "  %s\t%s\t%s\n", e.Name, origin, e.Note)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, "See one with: goal-search goals show NAME")
	return errors.Join(w.Flush(), goalError(broken))
}

// findGoal looks a goal up: a short name in the network's family first, and
// elsewhere only where no network was asked for.
func findGoal(c catalogue.Catalogue, network, ref string, elsewhere bool) (catalogue.Entry, error) {
	family := trainer.Family(network)
	if family == "" {
		return catalogue.Entry{}, usageError("network %q: want one of %s", network, strings.Join(trainer.Networks(), ", "))
	}
	e, err := c.Find(family, ref)
	if err != nil && elsewhere {
		if other, otherErr := c.Find("", ref); otherErr == nil {
			return other, nil
		}
	}
	return e, goalError(err)
}

// goalError gives an error of the catalogue its exit code.
func goalError(err error) error {
	var path *fs.PathError
	switch {
	case err == nil, errors.As(err, &path):
		return err
	case errors.Is(err, catalogue.ErrNotFound):
		return exitError{exitNotFound, err}
	}
	return exitError{exitUsage, err}
}

func (a *app) showGoal(cmd *cobra.Command, o goalsOptions, ref string) error {
	e, err := findGoal(catalogue.New(o.dir), o.network, ref, !cmd.Flags().Changed("network"))
	if err != nil {
		return err
	}
	switch {
	case a.json:
		return a.printJSON(newGoalJSON(e))
	case o.yaml:
		_, err := a.stdout.Write(e.YAML())
		return err
	}
	title := e.FullName()
	if e.Name == "" {
		title = e.File
	}
	fmt.Fprintln(a.stdout, title)
	if e.Note != "" {
		fmt.Fprintln(a.stdout, e.Note)
	}
	fmt.Fprintf(a.stdout, "A neuron maximises G = Σ γ·Π, in bits: more of what has γ > 0, less of what has γ < 0.\n\n")
	return writeGoalTable(a.stdout, e)
}

func (a *app) addGoal(cmd *cobra.Command, o goalsOptions, path string) error {
	var family string
	if cmd.Flags().Changed("network") {
		if family = trainer.Family(o.network); family == "" {
			return usageError("network %q: want one of %s", o.network, strings.Join(trainer.Networks(), ", "))
		}
	}
	e, err := catalogue.ReadFile(path, family)
	if err != nil {
		return goalError(err)
	}
	if o.name != "" {
		e.Name = o.name
	}
	if e, err = catalogue.New(o.dir).Add(e); err != nil {
		return goalError(err)
	}
	if a.json {
		return a.printJSON(newGoalJSON(e))
	}
	_, err = fmt.Fprintf(a.stdout, "Added %s.\nTrain with it: goal-search train --goal %s\n", e.FullName(), e.Name)
	return err
}

func (a *app) removeGoal(cmd *cobra.Command, o goalsOptions, ref string) error {
	c := catalogue.New(o.dir)
	e, err := findGoal(c, o.network, ref, !cmd.Flags().Changed("network"))
	if err != nil {
		return err
	}
	if e, err = c.Remove(e.Family, e.Name); err != nil {
		return goalError(err)
	}
	if a.json {
		return a.printJSON(newGoalJSON(e))
	}
	_, err = fmt.Fprintf(a.stdout, "Removed %s.\n", e.FullName())
	return err
}
