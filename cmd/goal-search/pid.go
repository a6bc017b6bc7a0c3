package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/pid"
)

func (a *app) newPIDCommand() *cobra.Command {
	var pointwise bool
	cmd := &cobra.Command{
		Use:   "pid FILE",
		Short: "Decompose the information that sources hold about a target",
		Long: `Pid computes the exact partial information decomposition (shared-exclusion
redundancy, in bits) of a joint distribution of a target y and two or three
sources. The file is CSV, or JSON as an array of objects; "-" reads from
standard input. Its columns are y, s1, s2[, s3] and p, or count in place of p.`,
		Example: `  printf 'y,s1,s2,p\n0,0,0,.25\n1,0,1,.25\n1,1,0,.25\n0,1,1,.25\n' | goal-search pid -`,
		Args:    oneArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			distribution, err := readDistribution(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			decomposition := distribution.Decompose()
			if a.json {
				return a.printJSON(newPIDJSON(distribution, decomposition, pointwise))
			}
			if err := printDecomposition(a.stdout, decomposition); err != nil || !pointwise {
				return err
			}
			return printPointwise(a.stdout, distribution, decomposition)
		},
	}
	cmd.Flags().BoolVar(&pointwise, "pointwise", false, "also print the atoms of each outcome")
	return cmd
}

func readDistribution(path string, stdin io.Reader) (*pid.Distribution, error) {
	name := "standard input"
	if path != "-" {
		name = path
		file, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, exitError{exitUsage, err}
		}
		if err != nil {
			return nil, err
		}
		defer file.Close()
		stdin = file
	}
	distribution, err := pid.Read(stdin)
	if err != nil {
		return nil, usageError("%s: %w", name, err)
	}
	return distribution, nil
}

func printDecomposition(w io.Writer, d *pid.Decomposition) error {
	fmt.Fprintf(w, "In bits. Each atom and redundancy is its informative part (+) less its misinformative part (-).\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	width := len(d.Lattice.Antichain(widest(d.Lattice)).String())
	fmt.Fprintf(t, "%-*s\tATOM\t+\t-\tREDUNDANCY\t+\t-\t\n", width, "ANTICHAIN")
	atoms, redundancies := d.Atoms, d.Redundancies
	for i := range d.Lattice.Len() {
		fmt.Fprintf(t, "%-*s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", width, d.Lattice.Antichain(i),
			bits(atoms.Total[i]), bits(atoms.Informative[i]), bits(atoms.Misinformative[i]),
			bits(redundancies.Total[i]), bits(redundancies.Informative[i]), bits(redundancies.Misinformative[i]))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return printEntropies(w, d)
}

// widest returns the place of the antichain with the longest name.
func widest(l *pid.Lattice) int {
	longest := 0
	for i := range l.Len() {
		if len(l.Antichain(i).String()) > len(l.Antichain(longest).String()) {
			longest = i
		}
	}
	return longest
}

// printEntropies writes the classical quantities, single sources first.
func printEntropies(w io.Writer, d *pid.Decomposition) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var all string
	for size := 1; size <= d.Lattice.Sources(); size++ {
		for set := pid.SourceSet(1); int(set) < len(d.MutualInformation); set++ {
			if len(set.String()) == size {
				all = sourceList(set)
				fmt.Fprintf(t, "  I(Y : %s)\t%9s\n", all, bits(d.MutualInformation[set]))
			}
		}
	}
	fmt.Fprintf(t, "  H(Y)\t%9s\n", bits(d.Entropy))
	fmt.Fprintf(t, "  H_res = H(Y | %s)\t%9s\n", all, bits(d.ResidualEntropy))
	return t.Flush()
}

func printPointwise(w io.Writer, distribution *pid.Distribution, d *pid.Decomposition) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\nY\t")
	for i := range d.Lattice.Sources() {
		fmt.Fprintf(t, "S%d\t", i+1)
	}
	fmt.Fprint(t, "P\t")
	for i := range d.Lattice.Len() {
		fmt.Fprintf(t, "%s\t", d.Lattice.Antichain(i))
	}
	fmt.Fprintln(t)
	for i, o := range distribution.Outcomes {
		if d.Pointwise[i] == nil {
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%.6g\t", o.Target, strings.Join(o.Sources, "\t"), o.P)
		for _, v := range d.Pointwise[i].Atoms.Total {
			fmt.Fprintf(t, "%s\t", bits(v))
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// bits writes an information quantity for people: what is rounding error is 0.
func bits(v float64) string {
	text := fmt.Sprintf("%.6f", v)
	if text == "-0.000000" {
		return "0.000000"
	}
	return text
}

// sourceList writes "S1,S3".
func sourceList(set pid.SourceSet) string {
	var names []string
	for _, digit := range set.String() {
		names = append(names, "S"+string(digit))
	}
	return strings.Join(names, ",")
}

// partsJSON is a vector of quantities by antichain, as programs get it.
type partsJSON struct {
	Total          []float64 `json:"total"`
	Informative    []float64 `json:"informative"`
	Misinformative []float64 `json:"misinformative"`
}

type pidJSON struct {
	Antichains        []string           `json:"antichains"`
	Atoms             partsJSON          `json:"atoms"`
	Redundancies      partsJSON          `json:"redundancies"`
	MutualInformation map[string]float64 `json:"mutual_information"` // by sources: "13"
	Entropy           float64            `json:"entropy"`
	ResidualEntropy   float64            `json:"residual_entropy"`
	Pointwise         []pointwiseJSON    `json:"pointwise,omitempty"`
}

type pointwiseJSON struct {
	Target       string    `json:"y"`
	Sources      []string  `json:"sources"`
	P            float64   `json:"p"`
	Atoms        partsJSON `json:"atoms"`
	Redundancies partsJSON `json:"redundancies"`
}

func newPIDJSON(distribution *pid.Distribution, d *pid.Decomposition, pointwise bool) pidJSON {
	names := d.Lattice.TermNames("123")
	out := pidJSON{
		Antichains: names[:d.Lattice.Len()], Atoms: partsJSON(d.Atoms), Redundancies: partsJSON(d.Redundancies),
		MutualInformation: make(map[string]float64), Entropy: d.Entropy, ResidualEntropy: d.ResidualEntropy,
	}
	for set := pid.SourceSet(1); int(set) < len(d.MutualInformation); set++ {
		out.MutualInformation[set.String()] = d.MutualInformation[set]
	}
	if !pointwise {
		return out
	}
	for i, o := range distribution.Outcomes {
		if p := d.Pointwise[i]; p != nil {
			out.Pointwise = append(out.Pointwise, pointwiseJSON{o.Target, o.Sources, o.P, partsJSON(p.Atoms), partsJSON(p.Redundancies)})
		}
	}
	return out
}
