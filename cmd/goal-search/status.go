package main

import (
	"context"
	"fmt"
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
	Study study.Study `json:"study"`
	study.Counts
	Left    int            `json:"left"` // trials of the budget that are not finished
	Best    *bestTrial     `json:"best,omitempty"`
	Running []runningTrial `json:"running"`
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

// readStatus reads no more of a large study than of a small one, but for the
// trials that run.
func readStatus(ctx context.Context, store keeper, s study.Study) (statusJSON, error) {
	r := statusJSON{Study: s, Running: []runningTrial{}}
	var err error
	if r.Counts, err = store.Counts(ctx, s.ID); err != nil {
		return r, err
	}
	r.Left = max(0, s.Budget.Trials-r.Finished())
	if r.Best, err = readBest(ctx, store, s); err != nil || r.States[study.Running] == 0 {
		return r, err
	}
	if r.Running, err = readRunning(ctx, store, s); err != nil || r.Left == 0 {
		return r, err
	}
	latest, err := store.Trials(ctx, s.ID, study.Filter{Order: study.ByRank, AfterRank: max(0, r.Finished()-paceTrials), Deleted: true})
	if perMinute, ok := pace(latest); ok {
		seconds := 60 * float64(r.Left) / perMinute
		r.TrialsPerMinute, r.SecondsLeft = &perMinute, &seconds
	}
	return r, err
}

// readBest returns nil while no trial is complete.
func readBest(ctx context.Context, store keeper, s study.Study) (*bestTrial, error) {
	best, ok, err := study.ReadBest(ctx, store, s.ID)
	if err != nil || !ok {
		return nil, err
	}
	return &bestTrial{best.Number, *best.Value}, nil
}

// readRunning reads the running trials, each with the latest report of its
// attempt.
func readRunning(ctx context.Context, store keeper, s study.Study) ([]runningTrial, error) {
	running := []runningTrial{}
	trials, err := store.Trials(ctx, s.ID, study.Filter{States: []study.TrialState{study.Running}})
	if err != nil {
		return nil, err
	}
	for _, t := range trials {
		if len(t.Attempts) == 0 {
			continue
		}
		last := t.Attempts[len(t.Attempts)-1]
		now := runningTrial{Trial: t.Number, Attempt: last.Number, Worker: last.Worker, StartedAt: last.StartedAt}
		measurements, err := store.Measurements(ctx, s.ID, t.Number)
		if err != nil {
			return nil, err
		}
		for _, m := range measurements {
			if m.Attempt == last.Number {
				now.Epoch, now.Value, now.ReportedAt = &m.Epoch, &m.Value, m.At
			}
		}
		running = append(running, now)
	}
	return running, nil
}

// paceTrials is how many of the latest trials the pace is taken from.
const paceTrials = 20

// pace returns how many trials finish in a minute, going by the latest ones,
// which are in the order in which they finished.
func pace(latest []study.Trial) (perMinute float64, ok bool) {
	if len(latest) < 2 {
		return 0, false
	}
	span := latest[len(latest)-1].FinishedAt.Sub(latest[0].FinishedAt)
	if span <= 0 {
		return 0, false
	}
	return float64(len(latest)-1) / span.Minutes(), true
}

func (a *app) printStatus(r statusJSON) error {
	kept, where, err := a.place()
	if err != nil {
		return err
	}
	s := r.Study
	rows := [][]string{
		{"study", s.Name},
		{kept, where},
		{"search", fmt.Sprintf("%s over %s, seed %d", s.Spec.Sampler.Name, count(len(s.Spec.Space.Free()), "parameter"), s.Spec.Sampler.Seed)},
		{"data", fmt.Sprintf("%s images of %s", thousands(s.Spec.DataSet.Images), s.Spec.DataSet.Name)},
		{"made", moment(s.CreatedAt)},
		{"trials", fmt.Sprintf("%d of %d finished%s", r.Finished(), s.Budget.Trials, otherCounts(r.Counts))},
	}
	rows = append(rows, termsOf(s)...)
	if s.State != study.StudyActive {
		rows = append(rows, []string{"state", stateText(s)})
	}
	if r.Best != nil {
		rows = append(rows, []string{"best", fmt.Sprintf("%s (trial %d)", valueText(s, r.Best.Value), r.Best.Trial)})
	}
	if r.TrialsPerMinute != nil {
		rows = append(rows, []string{"pace", fmt.Sprintf("%.1f trials a minute, about %s left",
			*r.TrialsPerMinute, roughly(time.Duration(*r.SecondsLeft*float64(time.Second))))})
	}
	if err := writeTable(a.stdout, rows); err != nil || len(r.Running) == 0 {
		return err
	}
	fmt.Fprintln(a.stdout)
	return writeTable(a.stdout, runningRows(s, r.Running))
}

// stateText says "paused: for the night".
func stateText(s study.Study) string {
	if s.StateReason == "" {
		return string(s.State)
	}
	return fmt.Sprintf("%s: %s", s.State, s.StateReason)
}

// otherCounts says ", 2 failed, 1 deleted".
func otherCounts(c study.Counts) string {
	text := ""
	for _, state := range []study.TrialState{study.Pruned, study.Failed, study.Running, study.Waiting} {
		if c.States[state] > 0 {
			text += fmt.Sprintf(", %d %s", c.States[state], state)
		}
	}
	return text + deletedText(c.Deleted)
}

// deletedText says ", 1 deleted" of trials of which some are.
func deletedText(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d deleted", n)
}

func runningRows(s study.Study, running []runningTrial) [][]string {
	rows := [][]string{{"RUNNING", "WORKER", "SINCE", "EPOCH", valueColumn(s), "REPORTED"}}
	for _, t := range running {
		epoch, value, reported := "-", "-", "-"
		if t.Epoch != nil {
			epoch, value = fmt.Sprint(*t.Epoch), valueText(s, *t.Value)
			reported = duration(max(0, time.Since(t.ReportedAt))) + " ago"
		}
		rows = append(rows, []string{fmt.Sprintf("trial %d", t.Trial), t.Worker, moment(t.StartedAt), epoch, value, reported})
	}
	return rows
}
