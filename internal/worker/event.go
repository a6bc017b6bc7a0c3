package worker

import "github.com/goal-search/goal-search/study"

// Event is one thing that happened to a trial.
type Event struct {
	Kind        EventKind
	Trial       study.Trial       // as it was taken; with Finished, as the coordinator keeps it
	Measurement study.Measurement // with Measured
	Checkpoint  study.Checkpoint  // with Resumed and Saved
	Err         error             // with NotKept, LeaseLost and HandedBack: why
}

// EventKind says what happened.
type EventKind int

// What happens to a trial: it is Taken, maybe Resumed, then Measured, Saved or
// NotKept any number of times, and last one of the others.
const (
	Taken   EventKind = iota
	Resumed           // from what an earlier attempt saved
	Measured
	Saved   // its state is kept for a later attempt
	NotKept // its state could not be saved, or not be used; it goes on without
	Finished
	HandedBack // given up by this worker; the trial waits for another
	LeaseLost  // another worker may have it by now
)
