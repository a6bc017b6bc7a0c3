package study

import (
	"fmt"
	"regexp"
	"time"
)

// Worker is a process that runs trials, as it described itself.
type Worker struct {
	Name       string            `json:"name"`
	Version    string            `json:"version"`
	KernelPath string            `json:"kernel_path"`
	Slots      int               `json:"slots"` // trials at a time
	Labels     map[string]string `json:"labels,omitempty"`
	Draining   bool              `json:"draining"`     // it is given no more trials
	CreatedAt  time.Time         `json:"created_at"`   // when it first registered, by the store's clock
	LastSeenAt time.Time         `json:"last_seen_at"` // when it last registered or was seen
}

var workerName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._:-]{0,199}$`)

// ValidateWorkerName tells whether a worker can have that name.
func ValidateWorkerName(name string) error {
	if !workerName.MatchString(name) {
		return fmt.Errorf("worker name %q: want 1 to 200 letters, digits, '.', '_', ':' or '-', starting with a letter or digit", name)
	}
	return nil
}

// Validate tells whether the worker can be registered.
func (w Worker) Validate() error {
	if err := ValidateWorkerName(w.Name); err != nil {
		return err
	}
	if w.Slots < 1 {
		return fmt.Errorf("slots %d: want at least 1", w.Slots)
	}
	if err := ValidateShort("version", w.Version); err != nil {
		return err
	}
	if err := ValidateShort("kernel path", w.KernelPath); err != nil {
		return err
	}
	return ValidateLabels(w.Labels)
}

// ShortMax is the length of the longest version, kernel path, hash or name of a
// data set or parameter, in bytes.
const ShortMax = 200

// ValidateShort tells whether such a text can be stored.
func ValidateShort(what, text string) error {
	if len(text) > ShortMax {
		return fmt.Errorf("%s of %d bytes: want at most %d", what, len(text), ShortMax)
	}
	return nil
}

var label = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$`)

// labelsMax bounds how many labels a worker or a study has.
const labelsMax = 64

// ValidateLabels tells whether labels can be stored.
func ValidateLabels(labels map[string]string) error {
	if len(labels) > labelsMax {
		return fmt.Errorf("%d labels: want at most %d", len(labels), labelsMax)
	}
	for name, value := range labels {
		if !label.MatchString(name) || value != "" && !label.MatchString(value) {
			return fmt.Errorf("label %s=%s: want names and values of up to 63 letters, digits, '.', '_', '/' or '-', starting with a letter or digit", name, value)
		}
	}
	return nil
}

// Satisfies tells whether labels has everything that is required.
func Satisfies(labels, required map[string]string) bool {
	for name, value := range required {
		if got, ok := labels[name]; !ok || got != value {
			return false
		}
	}
	return true
}
