package worker

import "github.com/goal-search/goal-search/study"

// Event is one thing that happened to a trial.
type Event struct {
	Kind        EventKind
	Trial       study.Trial       // as it was taken; with Finished, as the coordinator keeps it
	Measurement study.Measurement // with Measured
	Err         error             // with LeaseLost and HandedBack: why
}

// EventKind says what happened.
type EventKind int

// What happens to a trial: it is Taken, then Measured any number of times,
// and last one of the others.
const (
	Taken EventKind = iota
	Measured
	Finished
	HandedBack // given up by this worker; the trial waits for another
	LeaseLost  // another worker may have it by now
)
