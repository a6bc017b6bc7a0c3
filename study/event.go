package study

import "time"

// Event is something that happened in a study. Events are numbered from 1
// without gaps in the order in which the store took them, so that whoever
// knows the last number that it has seen misses none.
type Event struct {
	Number int64     `json:"number"`
	Kind   EventKind `json:"kind"`
	At     time.Time `json:"at"`    // by the store's clock
	Trial  int       `json:"trial"` // number of the trial; 0 with StateChanged
	// Attempt is the trial's that it is about; 0: it is about none.
	Attempt int `json:"attempt,omitempty"`
	// State is what the study's became, and Reason why, with StateChanged.
	State  StudyState `json:"state,omitempty"`
	Reason string     `json:"reason,omitempty"`
	// Measurement is what was reported, with TrialMeasured.
	Measurement *Measurement `json:"measurement,omitempty"`
}

// EventKind says what happened.
type EventKind string

// What happens in a study.
const (
	TrialCreated  EventKind = "created"
	TrialStarted  EventKind = "started" // a worker took it
	TrialMeasured EventKind = "measured"
	TrialReleased EventKind = "released" // an attempt ended without finishing its trial
	TrialStopping EventKind = "stopping" // somebody asked that it stop early
	TrialFinished EventKind = "finished"
	TrialDeleted  EventKind = "deleted" // somebody took it out of the study
	StateChanged  EventKind = "state"   // of the study
)

// EventFilter chooses events of a study. Its zero value chooses all of them.
type EventFilter struct {
	After            int64 // only events with higher numbers
	UpTo             int64 // and with none above this one; 0: no bound
	Trial            *int  // only events of the trial with this number; nil: of all trials, and of the study
	SkipMeasurements bool  // leave out TrialMeasured, of which there are most
}
