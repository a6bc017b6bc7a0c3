package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/study"
)

func (a *app) newStatusCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show how far a study has come",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if all {
				return a.listStudies(cmd.Context())
			}
			store, s, err := a.openStudy(cmd.Context())
			if err != nil {
				return err
			}
			defer store.Close()
			r, err := readStatus(cmd.Context(), store, s)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(r)
			}
			return a.printStatus(r)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "list all studies")
	return cmd
}

// statusJSON is how far a study has come.
type statusJSON struct {
	Study   study.Study              `json:"study"`
	Counts  map[study.TrialState]int `json:"counts"`
	Deleted int                      `json:"deleted,omitempty"` // trials, which Counts leaves out
	Left    int                      `json:"left"`              // trials of the budget that are not finished
	Best    *bestTrial               `json:"best,omitempty"`
	Running []runningTrial           `json:"running"`
	// Of the latest trials, while some are running; absent when unknown.
	TrialsPerMinute *float64 `json:"trials_per_minute,omitempty"`
	SecondsLeft     *float64 `json:"seconds_left,omitempty"`
}

type bestTrial struct {
	Trial int     `json:"trial"`
	Value float64 `json:"value"`
}

type runningTrial struct {
	Trial      int       `json:"trial"`
	Attempt    int       `json:"attempt"`
	Worker     string    `json:"worker"`
	StartedAt  time.Time `json:"started_at"`
	Epoch      *int      `json:"epoch,omitempty"` // the last one reported
	Value      *float64  `json:"value,omitempty"`
	ReportedAt time.Time `json:"reported_at,omitzero"`
}

func readStatus(ctx context.Context, store keeper, s study.Study) (statusJSON, error) {
	trials, err := store.Trials(ctx, s.ID, study.Filter{Deleted: true})
	if err != nil {
		return statusJSON{}, err
	}
	r := newStatus(s, trials)
	for _, t := range trials {
		if t.State != study.Running || len(t.Attempts) == 0 {
			continue
		}
		last := t.Attempts[len(t.Attempts)-1]
		running := runningTrial{Trial: t.Number, Attempt: last.Number, Worker: last.Worker, StartedAt: last.StartedAt}
		measurements, err := store.Measurements(ctx, s.ID, t.Number)
		if err != nil {
			return r, err
		}
		for _, m := range measurements {
			if m.Attempt == last.Number {
				running.Epoch, running.Value, running.ReportedAt = &m.Epoch, &m.Value, m.At
			}
		}
		r.Running = append(r.Running, running)
	}
	return r, nil
}

// newStatus counts; the running trials come from elsewhere.
func newStatus(s study.Study, trials []study.Trial) statusJSON {
	r := statusJSON{Study: s, Counts: make(map[study.TrialState]int), Running: []runningTrial{}}
	for _, t := range trials {
		if t.Deleted() {
			r.Deleted++
		} else {
			r.Counts[t.State]++
		}
	}
	r.Left = max(0, s.Budget.Trials-countFinished(trials))
	if best, ok := study.Best(trials); ok {
		r.Best = &bestTrial{best.Number, *best.Value}
	}
	if perMinute, ok := pace(trials); ok && r.Counts[study.Running] > 0 && r.Left > 0 {
		seconds := 60 * float64(r.Left) / perMinute
		r.TrialsPerMinute, r.SecondsLeft = &perMinute, &seconds
	}
	return r
}

// paceTrials is how many of the latest trials the pace is taken from.
const paceTrials = 20

// pace returns how many trials finish in a minute, going by the latest ones.
func pace(trials []study.Trial) (perMinute float64, ok bool) {
	var ends []time.Time
	for _, t := range trials {
		if t.State.Finished() {
			ends = append(ends, t.FinishedAt)
		}
	}
	slices.SortFunc(ends, time.Time.Compare)
	ends = ends[max(0, len(ends)-paceTrials):]
	if len(ends) < 2 {
		return 0, false
	}
	span := ends[len(ends)-1].Sub(ends[0])
	if span <= 0 {
		return 0, false
	}
	return float64(len(ends)-1) / span.Minutes(), true
}

func (a *app) printStatus(r statusJSON) error {
	kept, where, err := a.place()
	if err != nil {
		return err
	}
	s := r.Study
	finished := r.Counts[study.Complete] + r.Counts[study.Pruned] + r.Counts[study.Failed] + r.Deleted
	rows := [][]string{
		{"study", s.Name},
		{kept, where},
		{"search", fmt.Sprintf("%s over %s, seed %d", s.Spec.Sampler.Name, count(len(s.Spec.Space.Free()), "parameter"), s.Spec.Sampler.Seed)},
		{"data", fmt.Sprintf("%s images of %s", thousands(s.Spec.DataSet.Images), s.Spec.DataSet.Name)},
		{"made", moment(s.CreatedAt)},
		{"trials", fmt.Sprintf("%d of %d finished%s", finished, s.Budget.Trials, r.otherCounts())},
	}
	rows = append(rows, termsOf(s)...)
	if s.State != study.StudyActive {
		rows = append(rows, []string{"state", stateText(s)})
	}
	if r.Best != nil {
		rows = append(rows, []string{"best", fmt.Sprintf("%s (trial %d)", percent(r.Best.Value), r.Best.Trial)})
	}
	if r.TrialsPerMinute != nil {
		rows = append(rows, []string{"pace", fmt.Sprintf("%.1f trials a minute, about %s left",
			*r.TrialsPerMinute, roughly(time.Duration(*r.SecondsLeft*float64(time.Second))))})
	}
	if err := writeTable(a.stdout, rows); err != nil || len(r.Running) == 0 {
		return err
	}
	fmt.Fprintln(a.stdout)
	return writeTable(a.stdout, runningRows(r.Running))
}

// stateText says "paused: for the night".
func stateText(s study.Study) string {
	if s.StateReason == "" {
		return string(s.State)
	}
	return fmt.Sprintf("%s: %s", s.State, s.StateReason)
}

// otherCounts says ", 2 failed, 1 deleted".
func (r statusJSON) otherCounts() string {
	text := ""
	for _, state := range []study.TrialState{study.Pruned, study.Failed, study.Running, study.Waiting} {
		if r.Counts[state] > 0 {
			text += fmt.Sprintf(", %d %s", r.Counts[state], state)
		}
	}
	return text + deletedText(r.Deleted)
}

// deletedText says ", 1 deleted" of trials of which some are.
func deletedText(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d deleted", n)
}

func runningRows(running []runningTrial) [][]string {
	rows := [][]string{{"RUNNING", "WORKER", "SINCE", "EPOCH", "ACCURACY", "REPORTED"}}
	for _, t := range running {
		epoch, value, reported := "-", "-", "-"
		if t.Epoch != nil {
			epoch, value = fmt.Sprint(*t.Epoch), percent(*t.Value)
			reported = duration(max(0, time.Since(t.ReportedAt))) + " ago"
		}
		rows = append(rows, []string{fmt.Sprintf("trial %d", t.Trial), t.Worker, moment(t.StartedAt), epoch, value, reported})
	}
	return rows
}
