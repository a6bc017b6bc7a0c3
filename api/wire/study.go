package wire

import (
	"encoding/json"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

var studyStates = map[study.StudyState]pb.Study_State{
	study.StudyActive:    pb.Study_STATE_ACTIVE,
	study.StudyPaused:    pb.Study_STATE_PAUSED,
	study.StudyCompleted: pb.Study_STATE_COMPLETED,
	study.StudyAborted:   pb.Study_STATE_ABORTED,
}

// FromStudyState returns the state's message.
func FromStudyState(s study.StudyState) pb.Study_State { return studyStates[s] }

// ToStudyState returns false for a state that a study cannot have.
func ToStudyState(m pb.Study_State) (study.StudyState, bool) { return keyOf(studyStates, m) }

// keyOf looks a table up from its other side.
func keyOf[K, V comparable](table map[K]V, value V) (key K, ok bool) {
	for k, v := range table {
		if v == value {
			return k, true
		}
	}
	return key, false
}

// FromStudy returns the study's message.
func FromStudy(s study.Study) *pb.Study {
	return &pb.Study{
		Name:           StudyName(s.Name),
		Uid:            s.ID,
		Spec:           fromSpec(s.Spec),
		Budget:         FromBudget(s.Budget),
		Priority:       int32(s.Priority),
		RequiredLabels: s.Labels,
		State:          FromStudyState(s.State),
		StateReason:    s.StateReason,
		CreateTime:     FromTime(s.CreatedAt),
	}
}

// ToStudy returns the study of a message; parts that are missing are zero. It
// ignores a name that is not one of a study.
func ToStudy(m *pb.Study) study.Study {
	name, err := ParseStudyName(m.GetName())
	if err != nil {
		name = ""
	}
	state, _ := ToStudyState(m.GetState())
	return study.Study{
		ID:          m.GetUid(),
		Name:        name,
		Spec:        toSpec(m.GetSpec()),
		Budget:      ToBudget(m.GetBudget()),
		Priority:    int(m.GetPriority()),
		Labels:      m.GetRequiredLabels(),
		State:       state,
		StateReason: m.GetStateReason(),
		CreatedAt:   ToTime(m.GetCreateTime()),
	}
}

func fromSpec(s study.Spec) *pb.StudySpec {
	m := &pb.StudySpec{
		Sampler:     &pb.Sampler{Name: s.Sampler.Name, Seed: s.Sampler.Seed},
		TrainerSeed: s.TrainerSeed,
		DataSet:     FromDataSet(s.DataSet),
		Objective:   string(s.Objective),
	}
	for _, p := range s.Space {
		m.Parameters = append(m.Parameters, &pb.Parameter{Name: p.Name, Low: p.Low, High: p.High, Log: p.Log, Integer: p.Integer})
	}
	return m
}

func toSpec(m *pb.StudySpec) study.Spec {
	s := study.Spec{
		Sampler:     study.Sampler{Name: m.GetSampler().GetName(), Seed: m.GetSampler().GetSeed()},
		TrainerSeed: m.GetTrainerSeed(),
		DataSet:     ToDataSet(m.GetDataSet()),
	}
	if m.GetObjective() != "" {
		s.Objective = json.RawMessage(m.GetObjective())
	}
	for _, p := range m.GetParameters() {
		s.Space = append(s.Space, study.Parameter{Name: p.GetName(), Low: p.GetLow(), High: p.GetHigh(), Log: p.GetLog(), Integer: p.GetInteger()})
	}
	return s
}

// FromDataSet returns the data set's message.
func FromDataSet(d study.DataSet) *pb.DataSet {
	return &pb.DataSet{Name: d.Name, Images: int32(d.Images), Hash: d.Hash}
}

// ToDataSet returns the data set of a message.
func ToDataSet(m *pb.DataSet) study.DataSet {
	return study.DataSet{Name: m.GetName(), Images: int(m.GetImages()), Hash: m.GetHash()}
}

// FromBudget returns the budget's message.
func FromBudget(b study.Budget) *pb.Budget {
	m := &pb.Budget{Trials: int32(b.Trials), Target: b.Target, Patience: int32(b.Patience)}
	if b.WallTime != 0 {
		m.WallTime = durationpb.New(b.WallTime)
	}
	return m
}

// ToBudget returns the budget of a message; one that is missing bounds nothing.
func ToBudget(m *pb.Budget) study.Budget {
	if m == nil {
		return study.Budget{}
	}
	return study.Budget{
		Trials:   int(m.GetTrials()),
		WallTime: m.GetWallTime().AsDuration(),
		Target:   m.Target, //nolint:protogetter // nil when it is not set
		Patience: int(m.GetPatience()),
	}
}

// FromTime leaves out the zero time.
func FromTime(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// ToTime returns the zero time for none.
func ToTime(m *timestamppb.Timestamp) time.Time {
	if m == nil {
		return time.Time{}
	}
	return m.AsTime()
}
