package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/study"
)

func (a *app) newExportCommand() *cobra.Command {
	var format, output string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write all trials of a study as CSV or JSON, one row per trial",
		Example: `  goal-search export -o trials.csv
  goal-search export --format json --study mine | jq '.[].value'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.json && !cmd.Flags().Changed("format") {
				format = "json"
			}
			write, ok := exporters[format]
			if !ok {
				return usageError("--format %q: want csv or json", format)
			}
			store, s, err := a.openStudy(cmd.Context())
			if err != nil {
				return err
			}
			defer store.Close()
			trials, err := store.Trials(cmd.Context(), s.ID, study.Filter{})
			if err != nil {
				return err
			}
			return a.writeOutput(output, func(w io.Writer) error { return write(w, s, trials) })
		},
	}
	cmd.Flags().StringVar(&format, "format", "csv", "csv or json")
	cmd.Flags().StringVarP(&output, "output", "o", "", "`FILE` to write; it is there whole or not at all (default: standard output)")
	return cmd
}

var exporters = map[string]func(io.Writer, study.Study, []study.Trial) error{
	"csv":  exportCSV,
	"json": exportJSON,
}

// exportRow is one trial. Its JSON names are the CSV columns; in CSV the
// parameters are columns of their own, at the end.
type exportRow struct {
	Study      string           `json:"study"`
	Number     int              `json:"number"`
	State      study.TrialState `json:"state"`
	Value      *float64         `json:"value"` // null unless complete or pruned
	Rank       int              `json:"rank"`  // order of finishing, from 1; 0 while unfinished
	Seed       uint64           `json:"seed"`
	Saw        int              `json:"saw"`
	Attempts   int              `json:"attempts"`
	Worker     string           `json:"worker"`
	Version    string           `json:"version"`
	KernelPath string           `json:"kernel_path"`
	DataHash   string           `json:"data_hash"`
	CreatedAt  time.Time        `json:"created_at"`
	StartedAt  time.Time        `json:"started_at,omitzero"` // of the last attempt
	FinishedAt time.Time        `json:"finished_at,omitzero"`
	Error      string           `json:"error"`
	Parameters study.Parameters `json:"parameters"`
}

func newExportRow(s study.Study, t study.Trial) exportRow {
	r := exportRow{
		Study: s.Name, Number: t.Number, State: t.State, Value: t.Value, Rank: t.Rank, Seed: t.Seed, Saw: t.Saw,
		Attempts: len(t.Attempts), CreatedAt: t.CreatedAt, FinishedAt: t.FinishedAt, Error: t.Reason, Parameters: t.Parameters,
	}
	if n := len(t.Attempts); n > 0 {
		last := t.Attempts[n-1]
		r.Worker, r.StartedAt = last.Worker, last.StartedAt
		r.Version, r.KernelPath, r.DataHash = last.Environment.Version, last.Environment.KernelPath, last.Environment.DataHash
	}
	return r
}

func exportJSON(w io.Writer, s study.Study, trials []study.Trial) error {
	rows := make([]exportRow, len(trials))
	for i, t := range trials {
		rows[i] = newExportRow(s, t)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	return encoder.Encode(rows)
}

func exportCSV(w io.Writer, s study.Study, trials []study.Trial) error {
	c := csv.NewWriter(w)
	header := []string{
		"study", "number", "state", "value", "rank", "seed", "saw", "attempts", "worker", "version",
		"kernel_path", "data_hash", "created_at", "started_at", "finished_at", "error",
	}
	for _, p := range s.Spec.Space {
		header = append(header, p.Name)
	}
	if err := c.Write(header); err != nil {
		return err
	}
	for _, t := range trials {
		if err := c.Write(newExportRow(s, t).cells(s.Spec.Space)); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func (r exportRow) cells(space study.Space) []string {
	cells := []string{
		r.Study, strconv.Itoa(r.Number), string(r.State), exact(r.Value), strconv.Itoa(r.Rank),
		strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Saw), strconv.Itoa(r.Attempts), r.Worker, r.Version,
		r.KernelPath, r.DataHash, stamp(r.CreatedAt), stamp(r.StartedAt), stamp(r.FinishedAt), r.Error,
	}
	for _, p := range space {
		v := r.Parameters[p.Name]
		cells = append(cells, exact(&v))
	}
	return cells
}

// exact writes a number so that it reads back as the same; "" for none.
func exact(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// writeOutput writes to standard output, or to a file that replaces an older
// one only when it is whole.
func (a *app) writeOutput(path string, write func(io.Writer) error) (err error) {
	if path == "" {
		return write(a.stdout)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(file.Name())
	err = write(file)
	if err == nil {
		err = file.Chmod(0o644)
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
