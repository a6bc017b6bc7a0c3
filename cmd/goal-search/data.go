package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/internal/fetch"
	"github.com/goal-search/goal-search/trainer/dataset"
)

func (a *app) newDataCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "data",
		Short: "List and download the data sets",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return a.listData("") },
	}
	cmd.AddCommand(a.newDataListCommand(), a.newDataFetchCommand())
	return cmd
}

func (a *app) newDataListCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the data sets and check those that are here",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return a.listData(dir) },
	}
	addDataDirFlag(cmd, &dir)
	return cmd
}

func addDataDirFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "data-dir", "", "folder of the data sets (default: $"+dataset.DirVariable+", or in the user's data directory)")
}

func (a *app) newDataFetchCommand() *cobra.Command {
	var dir, from string
	cmd := &cobra.Command{
		Use:   "fetch " + strings.Join(fetchable(), "|"),
		Short: "Download a data set, or copy it from a mirror or a folder",
		Long: `Fetch brings the files of a data set into the folder of the data sets. What
was interrupted goes on, what is there already stays, and nothing is used
before its checksum, or with --from its format, size and counts, are right.`,
		Example: `  goal-search data fetch mnist
  goal-search data fetch mnist --from https://mirror.example.org/mnist
  goal-search data fetch cifar10 --from /mnt/offline`,
		Args:      oneArgument,
		ValidArgs: fetchable(),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := untilInterrupt(cmd.Context())
			defer stop()
			return a.fetchData(ctx, args[0], dir, from)
		},
	}
	addDataDirFlag(cmd, &dir)
	cmd.Flags().StringVar(&from, "from", "", "base URL of another mirror, or a folder that holds the files")
	return cmd
}

// fetchable returns the data sets that have files.
func fetchable() []string {
	var names []string
	for _, name := range dataset.Names() {
		if m, err := dataset.ManifestOf(name); err == nil && len(m.Downloads) > 0 {
			names = append(names, name)
		}
	}
	return names
}

// dataJSON is a data set as programs get it.
type dataJSON struct {
	Name        string         `json:"name"`
	Shape       [3]int         `json:"shape"` // channels, height, width
	TrainImages int            `json:"train_images"`
	TestImages  int            `json:"test_images"`
	Ready       bool           `json:"ready"`
	Hash        string         `json:"hash,omitempty"` // of the training part; not of rendered sets
	Problem     string         `json:"problem,omitempty"`
	Files       []fetch.Report `json:"files,omitempty"`
}

func newDataJSON(m dataset.Manifest) dataJSON {
	return dataJSON{Name: m.Name, Shape: [3]int{m.Channels, m.Height, m.Width}, TrainImages: m.TrainImages, TestImages: m.TestImages}
}

func (a *app) listData(dir string) error {
	var sets []dataJSON
	for _, name := range dataset.Names() {
		m, err := dataset.ManifestOf(name)
		if err != nil {
			return err
		}
		d := newDataJSON(m)
		if d.Ready = len(m.Files) == 0; !d.Ready {
			set, err := openWhole(dataset.Options{Name: name, Dir: dir})
			if d.Ready = err == nil; d.Ready {
				d.Hash = set.Hash
			} else {
				d.Problem = err.Error()
			}
		}
		sets = append(sets, d)
	}
	if a.json {
		return a.printJSON(sets)
	}
	return a.printDataList(sets)
}

// openWhole opens a data set and checks its test part too.
func openWhole(o dataset.Options) (*dataset.Set, error) {
	set, err := dataset.Open(o)
	if err != nil {
		return nil, err
	}
	_, err = set.Test()
	return set, err
}

func (a *app) printDataList(sets []dataJSON) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tIMAGES\tTRAIN\tTEST\tSTATE")
	var problems []string
	for _, d := range sets {
		state := "ready"
		switch {
		case d.Ready && d.Hash == "":
			state = "ready: rendered, needs no files"
		case strings.HasPrefix(d.Problem, dataset.ErrMissing.Error()):
			state = "not here: goal-search data fetch " + d.Name
		case !d.Ready:
			state = "broken, see below"
			problems = append(problems, d.Problem)
		}
		fmt.Fprintf(w, "%s\t%dx%dx%d\t%d\t%d\t%s\n", d.Name, d.Shape[0], d.Shape[1], d.Shape[2], d.TrainImages, d.TestImages, state)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, p := range problems {
		fmt.Fprintf(a.stdout, "\n%s\n", p)
	}
	return nil
}

func (a *app) fetchData(ctx context.Context, name, dir, from string) error {
	m, err := dataset.ManifestOf(name)
	if err != nil || len(m.Downloads) == 0 {
		return usageError("data set %q: want one of %s", name, strings.Join(fetchable(), ", "))
	}
	dir = cmp.Or(dir, os.Getenv(dataset.DirVariable), dataset.DefaultDir())
	bundle := bundleOf(m, filepath.Join(dir, m.Name))
	var client fetch.Client
	progress := &fetchProgress{to: newStatusWriter(a.stderr)}
	reports, err := client.Fetch(ctx, bundle, from, progress.report)
	progress.to.status("")
	if ctx.Err() != nil {
		return exitError{exitInterrupted, fmt.Errorf("interrupted; the same command goes on where it stopped")}
	}
	if err != nil {
		return fetchError(err)
	}
	set, err := openWhole(dataset.Options{Name: name, Dir: dir})
	if err != nil {
		return err
	}
	if a.json {
		d := newDataJSON(m)
		d.Ready, d.Hash, d.Files = true, set.Hash, reports
		return a.printJSON(d)
	}
	return a.printFetched(m, bundle.Dir, reports)
}

// fetchError gives an error of fetch its exit code.
func fetchError(err error) error {
	if errors.Is(err, fetch.ErrNotFound) {
		return exitError{exitNotFound, err}
	}
	return err
}

// bundleOf says what to fetch of a data set.
func bundleOf(m dataset.Manifest, dir string) fetch.Bundle {
	b := fetch.Bundle{Name: m.Name, Dir: dir, Check: m.Check}
	for _, d := range m.Downloads {
		download := fetch.Download{File: fetch.File{Name: d.Name, URLs: d.URLs, MD5: d.MD5}, Archive: d.Archive}
		for _, name := range d.Holds {
			file, _ := m.File(name)
			download.Holds = append(download.Holds, fetch.Entry{Name: file.Name, Bytes: file.Bytes})
		}
		b.Downloads = append(b.Downloads, download)
	}
	return b
}

func (a *app) printFetched(m dataset.Manifest, dir string, reports []fetch.Report) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	unknown := 0
	for _, r := range reports {
		content := "original"
		if !r.Original {
			content = "not known to be the original"
			unknown++
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", filepath.Base(r.Path), strings.Replace(r.Source, "present", "was there already", 1), content)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if unknown > 0 {
		fmt.Fprintf(a.stdout, "Format, size and counts of all files are right; the content of %d is not known to be the original's.\n", unknown)
	}
	_, err := fmt.Fprintf(a.stdout, "%s is ready in %s: %d images to train on, %d to test.\n", m.Name, dir, m.TrainImages, m.TestImages)
	return err
}
