package study

import (
	"fmt"
	"time"
)

// Checkpoint describes the state of a trial after an epoch, with which a later
// attempt goes on. A trial has at most one, and none once it has finished.
type Checkpoint struct {
	Attempt     int         // that saved it
	Epoch       int         // the last one that is in it
	Value       float64     // that the attempt measured then
	Environment Environment // of that attempt; only an attempt in the same one goes on
	Size        int         // of the state, in bytes
	SHA256      string      // of the state, in hexadecimal digits
	At          time.Time   // when it was saved, by the store's clock
}

// StateMax is the size of the largest state that is kept, in bytes: that of
// some 4,000 neurons.
const StateMax = 256 << 20

// CheckState tells whether a state of that size after that epoch can be kept.
// ErrTooLarge: it is larger than StateMax.
func CheckState(epoch, size int) error {
	switch {
	case epoch < 0:
		return fmt.Errorf("epoch %d: want 0 or more", epoch)
	case size < 1:
		return fmt.Errorf("a state of %d bytes: want 1 to %d", size, StateMax)
	case size > StateMax:
		return fmt.Errorf("%w: a state of %d bytes: want 1 to %d", ErrTooLarge, size, StateMax)
	}
	return nil
}

// Progress is how an evaluator goes on with a trial, and tells how far it came.
type Progress struct {
	// State is what an earlier attempt kept; nil: begin anew.
	State []byte
	// Report takes the measurement of an epoch. After an error the evaluator
	// returns at once.
	Report func(m Measurement) error
	// Keep offers the state after an epoch that was reported. It calls save, at
	// once or never. It is nil where no states are kept.
	Keep func(epoch int, save func() ([]byte, error))
}
