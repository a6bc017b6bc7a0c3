package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/goal-search/goal-search/internal/bench"
)

// writeBench writes measurements that differ only in the kernel path, a column
// for each.
func writeBench(w io.Writer, reports []bench.Report) error {
	first := reports[0]
	fmt.Fprintf(w, "%s, %s, %s: %s images to train on, %s to validate\n\n", first.Network, count(first.Hidden, "neuron"),
		first.DataSet, thousands(first.TrainImages), thousands(first.ValidationImages))
	t := benchTable{reports: reports}
	t.head(fmt.Sprintf("STEP OF %s, ONE CORE", strings.ToUpper(count(first.BatchSize, "image"))))
	for i, stage := range first.Step.Stages {
		t.row("  "+stage.Name, func(r bench.Report) string { return milliseconds(r.Step.Stages[i].Milliseconds) })
	}
	t.row("  whole", func(r bench.Report) string { return milliseconds(r.Step.Milliseconds) })
	t.space()
	t.row("evaluation of "+count(first.ValidationImages, "image"), func(r bench.Report) string { return milliseconds(1e3 * r.EvaluationSeconds) })
	t.row("epoch", func(r bench.Report) string { return seconds(r.EpochSeconds) })
	t.row("trial of "+count(first.Trial.Epochs, "epoch"), func(r bench.Report) string { return seconds(r.Trial.Seconds) })
	for i, n := range first.AtOnce[1:] {
		t.row(fmt.Sprintf("%d trials at once take", n.Trials), func(r bench.Report) string { return times(r.AtOnce[i+1].Slowdown) })
	}
	t.row("trials per hour, "+count(first.Cores, "core"), func(r bench.Report) string { return fmt.Sprintf("%.0f", r.Trial.PerHour) })
	for i, n := range first.Threads {
		t.row(fmt.Sprintf("one trial on %s is faster", count(n.Threads, "core")), func(r bench.Report) string { return times(r.Threads[i].Speedup) })
	}
	t.space()
	t.row("peak of products", func(r bench.Report) string { return fmt.Sprintf("%.0f GFLOP/s", r.Peak.GFLOPS) })
	t.row("peak of memory", func(r bench.Report) string { return fmt.Sprintf("%.1f GB/s", r.Peak.CopyGBs) })
	return writeTable(w, t.rows)
}

// benchTable is a table with a column for each report.
type benchTable struct {
	reports []bench.Report
	rows    [][]string
}

func (t *benchTable) head(title string) {
	t.row(title, func(r bench.Report) string { return strings.ToUpper(r.Kernel) })
}

func (t *benchTable) row(label string, cell func(bench.Report) string) {
	row := []string{label}
	for _, r := range t.reports {
		row = append(row, cell(r))
	}
	t.rows = append(t.rows, row)
}

func (t *benchTable) space() { t.rows = append(t.rows, nil) }

func milliseconds(v float64) string { return threeDigits(v) + " ms" }

func seconds(v float64) string { return threeDigits(v) + " s" }

func times(v float64) string { return fmt.Sprintf("%.2f times", v) }

// threeDigits writes a time with about three digits.
func threeDigits(v float64) string {
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}
