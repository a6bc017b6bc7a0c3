package wire

import (
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

var eventKinds = map[study.EventKind]pb.Event_Kind{
	study.TrialCreated:  pb.Event_KIND_TRIAL_CREATED,
	study.TrialStarted:  pb.Event_KIND_TRIAL_STARTED,
	study.TrialMeasured: pb.Event_KIND_TRIAL_MEASURED,
	study.TrialReleased: pb.Event_KIND_TRIAL_RELEASED,
	study.TrialStopping: pb.Event_KIND_TRIAL_STOPPING,
	study.TrialFinished: pb.Event_KIND_TRIAL_FINISHED,
	study.TrialDeleted:  pb.Event_KIND_TRIAL_DELETED,
	study.StateChanged:  pb.Event_KIND_STUDY_STATE,
}

// FromEvent returns the message of an event of the named study.
func FromEvent(studyName string, e study.Watched) *pb.Event {
	m := &pb.Event{
		Number: e.Number, Kind: eventKinds[e.Kind], CreateTime: FromTime(e.At), Attempt: int32(e.Attempt),
		StudyState: FromStudyState(e.State), Reason: e.Reason,
	}
	if e.Kind != study.StateChanged {
		m.Trial = FromTrial(studyName, e.TrialNow)
	}
	if e.Measurement != nil {
		m.Measurement = FromMeasurement(*e.Measurement)
	}
	return m
}

// ToEvent returns the event of a message.
func ToEvent(m *pb.Event) study.Event {
	kind, _ := keyOf(eventKinds, m.GetKind())
	state, _ := ToStudyState(m.GetStudyState())
	e := study.Event{
		Number: m.GetNumber(), Kind: kind, At: ToTime(m.GetCreateTime()),
		Trial: int(m.GetTrial().GetNumber()), Attempt: int(m.GetAttempt()), State: state, Reason: m.GetReason(),
	}
	if m.GetMeasurement() != nil {
		measurement := ToMeasurement(m.GetMeasurement())
		e.Measurement = &measurement
	}
	return e
}
