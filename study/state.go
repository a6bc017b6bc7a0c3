package study

import "fmt"

// StudyState says whether a study's trials are handed out.
type StudyState string

// The states of a study. Running trials go on in all but the last, in which
// their workers are told to stop. Nothing leaves StudyAborted.
const (
	StudyActive    StudyState = "active"
	StudyPaused    StudyState = "paused"
	StudyCompleted StudyState = "completed" // a bound of its budget is reached, or somebody said so
	StudyAborted   StudyState = "aborted"
)

// StudyStates returns all states.
func StudyStates() []StudyState {
	return []StudyState{StudyActive, StudyPaused, StudyCompleted, StudyAborted}
}

// Transition is the one place that says which moves are allowed. It returns
// next, or ErrTransition. Staying is allowed.
func (s StudyState) Transition(next StudyState) (StudyState, error) {
	switch {
	case next != StudyActive && next != StudyPaused && next != StudyCompleted && next != StudyAborted:
		return s, fmt.Errorf("%w: %q is no state of a study: want one of %v", ErrTransition, next, StudyStates())
	case s == StudyAborted && next != StudyAborted:
		return s, fmt.Errorf("%w: the study is aborted, which is for good", ErrTransition)
	}
	return next, nil
}

// HandsOut returns nil while trials are handed out; else ErrPaused or
// ErrEnded.
func (s StudyState) HandsOut(reason string) error {
	var kind error
	switch s {
	case StudyActive:
		return nil
	case StudyPaused:
		kind = ErrPaused
	default:
		kind = ErrEnded
	}
	if reason == "" {
		return fmt.Errorf("%w: it is %s", kind, s)
	}
	return fmt.Errorf("%w: it is %s: %s", kind, s, reason)
}
