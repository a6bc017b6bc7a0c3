package study

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// TrialState is where a trial is in its life:
//
//	waiting → running → complete | pruned | failed
//	running → waiting, when its lease ends unrenewed or is handed back
//	waiting → failed, when it is stopped, or its study aborted, before anybody ran it
type TrialState string

// The states of a trial. Nothing leaves the last three.
const (
	Waiting  TrialState = "waiting"
	Running  TrialState = "running"
	Complete TrialState = "complete"
	Pruned   TrialState = "pruned"
	Failed   TrialState = "failed"
)

// Finished tells whether the state is final.
func (s TrialState) Finished() bool { return s == Complete || s == Pruned || s == Failed }

// Transition is the one place that says which moves are allowed. It returns
// next, or ErrTransition.
func (s TrialState) Transition(next TrialState) (TrialState, error) {
	allowed := s == Waiting && (next == Running || next == Failed) ||
		s == Running && (next == Waiting || next.Finished())
	if !allowed {
		return s, fmt.Errorf("%w: from %s to %s", ErrTransition, s, next)
	}
	return next, nil
}

// Trial is one point of the space and what came of it. StudyID, Number,
// Parameters, Seed and Saw are fixed when it is made. Nothing changes once it has
// finished, but that it may be deleted.
type Trial struct {
	StudyID    int64      `json:"study_id"`
	Number     int        `json:"number"` // within the study, from 0
	State      TrialState `json:"state"`
	Parameters Parameters `json:"parameters"` // every parameter of the space, fixed ones too
	Seed       uint64     `json:"seed"`       // what the evaluator trains with
	// Saw is how many results the sampler had seen: those of the trials with
	// Rank 1 to Saw, as Seen shows them.
	Saw       int       `json:"saw"`
	CreatedAt time.Time `json:"created_at"`

	// Rank counts the study's finished trials in the order in which they
	// finished, from 1; 0 while unfinished.
	Rank       int       `json:"rank,omitempty"`
	Value      *float64  `json:"value,omitempty"`  // final objective, larger is better; nil unless complete or pruned
	Reason     string    `json:"reason,omitempty"` // why it failed or was pruned
	FinishedAt time.Time `json:"finished_at,omitzero"`
	// StopReason says why the trial is to stop early; "" while it may go on.
	StopReason string `json:"stop_reason,omitempty"`

	// DeletedAt is when the trial was taken out of its study; zero: it was not.
	// All that is known of it stays, for suggestions that saw its result.
	DeletedAt time.Time `json:"deleted_at,omitzero"`
	// UnseenFrom is the number of the first trial whose suggestion does not see
	// the result of this one any more; 0 unless it is deleted.
	UnseenFrom int `json:"unseen_from,omitempty"`

	// Attempts are the times a worker took the trial, oldest first; the last
	// one is under way while the trial is running.
	Attempts []Attempt `json:"attempts,omitempty"`
}

// Deleted tells whether the trial was taken out of its study.
func (t Trial) Deleted() bool { return !t.DeletedAt.IsZero() }

// Attempt is one worker's try at a trial.
type Attempt struct {
	Number      int         `json:"number"` // within the trial, from 1
	Worker      string      `json:"worker"`
	Environment Environment `json:"environment"`
	StartedAt   time.Time   `json:"started_at"`
	EndedAt     time.Time   `json:"ended_at,omitzero"`
	// Ended says how: the final state of the trial, "lost" when the lease ran
	// out, "handed back" when the worker gave it up, "" while under way.
	Ended  string `json:"ended,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// How an attempt can end without finishing its trial.
const (
	AttemptLost       = "lost"
	AttemptHandedBack = "handed back"
)

// Environment is what, beside parameters, seed and configuration, determines
// an attempt's numbers; with it a trial can be replayed bit for bit.
type Environment struct {
	Version    string `json:"version"`     // of goal-search
	KernelPath string `json:"kernel_path"` // of the vector kernels
	DataHash   string `json:"data_hash"`   // of the data set that the worker holds
}

// Measurement is what a worker reports after an epoch. It is written once.
// Its numbers need not be finite; only a trial's final value must be.
type Measurement struct {
	Attempt int     `json:"attempt"`
	Epoch   int     `json:"epoch"` // from 0
	Value   float64 `json:"value"` // the objective so far, larger is better
	// Metrics holds everything else by name: accuracies, the goal, the mean of
	// each information term in bits.
	Metrics Metrics       `json:"metrics"`
	Elapsed time.Duration `json:"elapsed"` // since the attempt began, ns in JSON
	At      time.Time     `json:"at"`      // by the store's clock
}

// Validate tells whether the measurement can be stored.
func (m Measurement) Validate() error {
	if m.Epoch < 0 {
		return fmt.Errorf("epoch %d: want 0 or more", m.Epoch)
	}
	for name := range m.Metrics {
		if !utf8.ValidString(name) {
			return fmt.Errorf("metric %q: its name is not UTF-8", name)
		}
	}
	return nil
}

// measurementJSON is Measurement with a value that JSON always carries.
type measurementJSON struct {
	Attempt int           `json:"attempt"`
	Epoch   int           `json:"epoch"`
	Value   number        `json:"value"`
	Metrics Metrics       `json:"metrics"`
	Elapsed time.Duration `json:"elapsed"`
	At      time.Time     `json:"at"`
}

// MarshalJSON implements json.Marshaler. It writes a value that is not finite
// by its name, as Metrics does.
func (m Measurement) MarshalJSON() ([]byte, error) {
	return json.Marshal(measurementJSON{m.Attempt, m.Epoch, number(m.Value), m.Metrics, m.Elapsed, m.At})
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *Measurement) UnmarshalJSON(data []byte) error {
	var j measurementJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*m = Measurement{j.Attempt, j.Epoch, float64(j.Value), j.Metrics, j.Elapsed, j.At}
	return nil
}

// Outcome is how a worker finishes a trial.
type Outcome struct {
	State  TrialState // Complete, Pruned or Failed
	Value  float64    // final objective; ignored when Failed
	Reason string     // required when Failed
}

// Normalize returns the outcome that the store keeps: a value that is not
// finite makes the trial failed.
func (o Outcome) Normalize() (Outcome, error) {
	if !o.State.Finished() {
		return o, fmt.Errorf("%w: a trial cannot finish as %q", ErrTransition, o.State)
	}
	if o.State != Failed && (math.IsNaN(o.Value) || math.IsInf(o.Value, 0)) {
		return Outcome{State: Failed, Reason: fmt.Sprintf("the final value is %g, not a finite number", o.Value)}, nil
	}
	if o.State == Failed {
		o.Value = 0
		if o.Reason == "" {
			o.Reason = "no reason given"
		}
	}
	o.Reason = strings.ToValidUTF8(o.Reason, "\uFFFD")
	return o, nil
}

// Best returns the complete trial with the largest value, the earliest number
// among equals, of those that are not deleted; false when there is none.
func Best(trials []Trial) (Trial, bool) {
	var best Trial
	found := false
	for _, t := range trials {
		if t.State != Complete || t.Value == nil || t.Deleted() {
			continue
		}
		if !found || *t.Value > *best.Value || *t.Value == *best.Value && t.Number < best.Number {
			best, found = t, true
		}
	}
	return best, found
}
