package objective

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
)

// EncodeConfig returns what a study keeps of the trainer's configuration:
// everything but the goal and the seed, which belong to each trial.
func EncodeConfig(c trainer.Config) (json.RawMessage, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode the trainer's configuration: %w", err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, fmt.Errorf("encode the trainer's configuration: %w", err)
	}
	delete(fields, "goal")
	delete(fields, "seed")
	return json.Marshal(fields)
}

// DecodeConfig returns the configuration that EncodeConfig wrote. A field
// that this version does not know is an error, since it may change the result.
func DecodeConfig(text json.RawMessage) (trainer.Config, error) {
	var c trainer.Config
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		return c, fmt.Errorf("the study's trainer configuration: %w", err)
	}
	return c, nil
}

// Trains tells whether an Evaluator runs the study's trials, so that their values
// are accuracies. Those of a study for other workers may be anything.
func Trains(spec study.Spec) bool {
	_, err := DecodeConfig(spec.Objective)
	return err == nil && string(spec.Objective) != "null" // as a store keeps none
}

// ConfigOf returns the configuration that a trial of the study trains with.
func ConfigOf(spec study.Spec, t study.Trial) (trainer.Config, error) {
	c, err := DecodeConfig(spec.Objective)
	if err != nil {
		return c, err
	}
	if c, err = withParameters(c, t.Parameters); err != nil {
		return c, err
	}
	c.Seed = t.Seed
	return c, c.Validate()
}

// withParameters sets the goal and what else the point says.
func withParameters(c trainer.Config, point study.Parameters) (trainer.Config, error) {
	goal, err := Goal(c.Network, point)
	if err != nil {
		return c, err
	}
	c.Goal = goal
	for _, s := range settings {
		v, ok := point[s.name]
		if !ok {
			continue
		}
		if s.integer && !isWhole(v) {
			return c, fmt.Errorf("parameter %s = %g: want a whole number", s.name, v)
		}
		s.set(&c, v)
	}
	return c, nil
}

// Goal returns γ of a point in the order of the network's information terms.
func Goal(network string, point study.Parameters) ([]float64, error) {
	names, err := GammaNames(network)
	if err != nil {
		return nil, err
	}
	goal := make([]float64, len(names))
	for i, name := range names {
		v, ok := point[name]
		if !ok {
			return nil, fmt.Errorf("parameter %s is missing", name)
		}
		goal[i] = v
	}
	return goal, nil
}
