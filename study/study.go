package study

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"time"
)

// Study is one search and the budget it may spend.
type Study struct {
	ID        int64     `json:"id"`   // given by the store, from 1
	Name      string    `json:"name"` // unique within a store
	Spec      Spec      `json:"spec"` // fixed when the study is made
	Budget    Budget    `json:"budget"`
	CreatedAt time.Time `json:"created_at"` // by the store's clock, UTC

	// Workers that serve many studies take trials of the highest priority
	// first, and among equals of the study with the fewest running trials.
	Priority int `json:"priority,omitempty"`
	// Labels are what a worker must have, each with this value.
	Labels      map[string]string `json:"required_labels,omitempty"`
	State       StudyState        `json:"state"` // StudyActive when it is made
	StateReason string            `json:"state_reason,omitempty"`
}

// PriorityMax bounds priorities on both sides of 0.
const PriorityMax = 1000

// Budget bounds a study, which is complete as soon as one of the bounds is
// reached. Unlike the Spec it may be raised later.
type Budget struct {
	Trials   int           `json:"trials"`              // most trials in all, finished or not; at least 1
	WallTime time.Duration `json:"wall_time,omitempty"` // no trial is added later than this after CreatedAt; 0: not bounded
	Target   *float64      `json:"target,omitempty"`    // complete once a value reaches it; nil: not bounded
	Patience int           `json:"patience,omitempty"`  // complete once so many complete trials in a row were not better; 0: not bounded
}

// Validate tells whether the budget lets a study have any trial.
func (b Budget) Validate() error {
	switch {
	case b.Trials < 1:
		return fmt.Errorf("trials %d: want at least 1", b.Trials)
	case b.Trials > math.MaxInt32:
		return fmt.Errorf("trials %d: want at most %d", b.Trials, math.MaxInt32)
	case b.WallTime < 0:
		return fmt.Errorf("wall time %v: want more than 0, or 0 for no bound", b.WallTime)
	case b.Target != nil && (math.IsNaN(*b.Target) || math.IsInf(*b.Target, 0)):
		return fmt.Errorf("target %g: want a finite number", *b.Target)
	case b.Patience < 0 || b.Patience > math.MaxInt32:
		return fmt.Errorf("patience %d: want a number of trials up to %d, or 0 for no bound", b.Patience, math.MaxInt32)
	}
	return nil
}

// Spec says what a study searches, and how. It never changes: together with
// the results that had been seen, it determines every suggestion.
type Spec struct {
	Space       Space   `json:"space"`
	Sampler     Sampler `json:"sampler"`
	TrainerSeed uint64  `json:"trainer_seed"` // every trial trains with this seed
	DataSet     DataSet `json:"data_set"`
	// Objective is the evaluator's own configuration, opaque to the store and
	// to samplers: internal/objective writes and reads it.
	Objective json.RawMessage `json:"objective"`
}

// Sampler names the search algorithm and seeds it.
type Sampler struct {
	Name string `json:"name"` // see package sampler
	// Seed starts every random stream of the search. The suggestion for trial
	// n is a function of Seed, n and the results seen (Trial.Saw).
	Seed uint64 `json:"seed"`
}

// DataSet identifies what the trials of a study are trained on.
type DataSet struct {
	Name   string `json:"name"`
	Images int    `json:"images"` // training images used, before the validation split
	Hash   string `json:"hash"`   // of the training images and labels, see trainer/dataset
}

// Validate tells whether it can be the data set of a study.
func (d DataSet) Validate() error {
	if d.Images < 0 {
		return fmt.Errorf("images %d: want 0 or more", d.Images)
	}
	if err := ValidateShort("name", d.Name); err != nil {
		return err
	}
	return ValidateShort("hash", d.Hash)
}

var studyName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$`)

// ValidateName tells whether a study can have that name.
func ValidateName(name string) error {
	if !studyName.MatchString(name) {
		return fmt.Errorf("study name %q: want 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit", name)
	}
	return nil
}

// Validate tells whether the study can be stored. The error names the field,
// its value and what would be valid.
func (s Study) Validate() error {
	if err := ValidateName(s.Name); err != nil {
		return err
	}
	if err := s.Budget.Validate(); err != nil {
		return err
	}
	if s.Priority < -PriorityMax || s.Priority > PriorityMax {
		return fmt.Errorf("priority %d: want %d to %d", s.Priority, -PriorityMax, PriorityMax)
	}
	if err := ValidateLabels(s.Labels); err != nil {
		return fmt.Errorf("required labels: %w", err)
	}
	if s.Spec.Sampler.Name == "" {
		return fmt.Errorf("sampler: no name given")
	}
	if err := s.Spec.Space.Validate(); err != nil {
		return fmt.Errorf("space: %w", err)
	}
	if err := s.Spec.DataSet.Validate(); err != nil {
		return fmt.Errorf("data set: %w", err)
	}
	if s.Spec.Objective != nil && !json.Valid(s.Spec.Objective) {
		return fmt.Errorf("objective: not valid JSON")
	}
	return nil
}
