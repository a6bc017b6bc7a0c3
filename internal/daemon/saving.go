package daemon

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/goal-search/goal-search/internal/worker"
)

// AddSavingFlags adds the flags that say how often a running trial's state is
// saved.
func AddSavingFlags(f *pflag.FlagSet, s *worker.Saving) {
	f.IntVar(&s.Every, "checkpoint-every", worker.DefaultSaving.Every,
		"`EPOCHS` after which a running trial's state is saved, for who takes it over; 0 saves none")
	f.DurationVar(&s.Pause, "checkpoint-pause", worker.DefaultSaving.Pause, "time that passes at least before a running trial's state is saved, again or first")
}

// CheckSaving tells whether the flags can be meant.
func CheckSaving(s worker.Saving) error {
	switch {
	case s.Every < 0:
		return fmt.Errorf("--checkpoint-every %d: want at least 1, or 0 to save none", s.Every)
	case s.Pause < 0:
		return fmt.Errorf("--checkpoint-pause %v: want 0 or more", s.Pause)
	}
	return nil
}
