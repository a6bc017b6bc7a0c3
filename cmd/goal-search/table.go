package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/goal-search/goal-search/internal/catalogue"
	"github.com/goal-search/goal-search/study"
)

// trailing is the padding of cells after which a line has no more to say.
var trailing = regexp.MustCompile(`(?m) +$`)

// writeTable writes rows of cells in columns, the first row as a heading.
func writeTable(w io.Writer, rows [][]string) error {
	var text bytes.Buffer
	t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := w.Write(trailing.ReplaceAll(text.Bytes(), nil))
	return err
}

// writeGoalTable writes γ of every term as number and bar, and what the term
// means, in lines that fit a terminal.
func writeGoalTable(w io.Writer, goal catalogue.Entry) error {
	lattice := goal.Lattice()
	width := math.MaxInt
	if columns, ok := terminalWidth(w); ok {
		width = max(20, columns-goalColumns-1)
	}
	scale := 1.0
	for _, gamma := range goal.Gamma {
		scale = max(scale, math.Abs(gamma))
	}
	rows := [][]string{{"TERM", "γ", "−" + strings.Repeat(" ", barHalf-1) + "0" + strings.Repeat(" ", barHalf-1) + "+", "INFORMATION"}}
	for i, name := range goal.TermNames() {
		meaning := catalogue.ResidualMeaning
		if i < lattice.Len() {
			meaning = catalogue.Meaning(lattice.Antichain(i), goal.Letters())
		}
		cells := []string{name, gammaText(goal.Gamma[i]), bar(goal.Gamma[i] / scale)}
		for _, line := range strings.Split(wrap(meaning, width), "\n") {
			rows = append(rows, append(cells, line))
			cells = []string{"", "", bar(0)}
		}
	}
	return writeTable(w, rows)
}

func gammaText(gamma float64) string {
	if gamma == 0 {
		return " 0"
	}
	return fmt.Sprintf("%+.2f", gamma)
}

const (
	barHalf     = 8                                            // cells on each side of zero
	goalColumns = len("{FC}{FL}{CL}  +0.00  ") + 2*barHalf + 3 // before the information
)

// bar draws a number between -1 and 1.
func bar(v float64) string {
	n := int(math.Round(math.Abs(v) * barHalf))
	filled, empty := strings.Repeat("█", n), strings.Repeat(" ", barHalf-n)
	if v < 0 {
		return empty + filled + "│" + strings.Repeat(" ", barHalf)
	}
	return strings.Repeat(" ", barHalf) + "│" + filled + empty
}

// percent writes an accuracy.
func percent(v float64) string { return fmt.Sprintf("%.2f %%", 100*v) }

// count writes "1 trial" or "2 trials".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}

// thousands writes 10000 as 10,000.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// duration writes 3.1 s, 48 s, 2 min 14 s or 1 h 3 min.
func duration(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 10*time.Minute:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
}

// roughly writes how long something will take, as well as one can know it.
func roughly(d time.Duration) string {
	if d < 100*time.Second {
		return fmt.Sprintf("%.0f s", math.Ceil(d.Seconds()))
	}
	d = d.Round(time.Minute)
	if d < time.Hour {
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return duration(d)
}

// moment writes a time in the user's zone, "-" when there is none.
func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// tookOf returns how long the last attempt at a trial took, or has taken.
func tookOf(t study.Trial) time.Duration {
	if len(t.Attempts) == 0 {
		return 0
	}
	last := t.Attempts[len(t.Attempts)-1]
	if last.EndedAt.IsZero() {
		return max(0, time.Since(last.StartedAt))
	}
	return last.EndedAt.Sub(last.StartedAt)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// wrap breaks text into lines of at most width characters.
func wrap(text string, width int) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return strings.Join(append(lines, line), "\n")
}
