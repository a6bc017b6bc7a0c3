package wire

import (
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

var trialStates = map[study.TrialState]pb.Trial_State{
	study.Waiting:  pb.Trial_STATE_WAITING,
	study.Running:  pb.Trial_STATE_RUNNING,
	study.Complete: pb.Trial_STATE_COMPLETE,
	study.Pruned:   pb.Trial_STATE_PRUNED,
	study.Failed:   pb.Trial_STATE_FAILED,
}

// FromTrialState returns the state's message.
func FromTrialState(s study.TrialState) pb.Trial_State { return trialStates[s] }

// ToTrialState returns false for a state that a trial cannot have.
func ToTrialState(m pb.Trial_State) (study.TrialState, bool) { return keyOf(trialStates, m) }

// FromTrial returns the message of a trial of the named study.
func FromTrial(studyName string, t study.Trial) *pb.Trial {
	m := &pb.Trial{
		Name:       TrialName(studyName, t.Number),
		Number:     int32(t.Number),
		State:      FromTrialState(t.State),
		Parameters: t.Parameters,
		Seed:       &t.Seed,
		Saw:        int32(t.Saw),
		Rank:       int32(t.Rank),
		Value:      t.Value,
		Reason:     t.Reason,
		StopReason: t.StopReason,
		CreateTime: FromTime(t.CreatedAt),
		FinishTime: FromTime(t.FinishedAt),
		DeleteTime: FromTime(t.DeletedAt),
		UnseenFrom: int32(t.UnseenFrom),
	}
	for _, a := range t.Attempts {
		m.Attempts = append(m.Attempts, fromAttempt(a))
	}
	return m
}

// ToTrial returns the trial of a message. Its study is the caller's to fill in.
func ToTrial(m *pb.Trial) study.Trial {
	state, _ := ToTrialState(m.GetState())
	t := study.Trial{
		Number:     int(m.GetNumber()),
		State:      state,
		Parameters: m.GetParameters(),
		Seed:       m.GetSeed(),
		Saw:        int(m.GetSaw()),
		Rank:       int(m.GetRank()),
		Value:      m.Value,
		Reason:     m.GetReason(),
		StopReason: m.GetStopReason(),
		CreatedAt:  ToTime(m.GetCreateTime()),
		FinishedAt: ToTime(m.GetFinishTime()),
		DeletedAt:  ToTime(m.GetDeleteTime()),
		UnseenFrom: int(m.GetUnseenFrom()),
	}
	for _, a := range m.GetAttempts() {
		t.Attempts = append(t.Attempts, toAttempt(a))
	}
	return t
}

func fromAttempt(a study.Attempt) *pb.Attempt {
	return &pb.Attempt{
		Number:      int32(a.Number),
		Worker:      a.Worker,
		Environment: fromEnvironment(a.Environment),
		StartTime:   FromTime(a.StartedAt),
		EndTime:     FromTime(a.EndedAt),
		Ended:       a.Ended,
		Reason:      a.Reason,
	}
}

func fromEnvironment(e study.Environment) *pb.Environment {
	return &pb.Environment{Version: e.Version, KernelPath: e.KernelPath, DataHash: e.DataHash}
}

func toAttempt(m *pb.Attempt) study.Attempt {
	return study.Attempt{
		Number:      int(m.GetNumber()),
		Worker:      m.GetWorker(),
		Environment: toEnvironment(m.GetEnvironment()),
		StartedAt:   ToTime(m.GetStartTime()),
		EndedAt:     ToTime(m.GetEndTime()),
		Ended:       m.GetEnded(),
		Reason:      m.GetReason(),
	}
}

func toEnvironment(m *pb.Environment) study.Environment {
	return study.Environment{Version: m.GetVersion(), KernelPath: m.GetKernelPath(), DataHash: m.GetDataHash()}
}

// FromMeasurement returns the measurement's message.
func FromMeasurement(m study.Measurement) *pb.Measurement {
	return &pb.Measurement{
		Attempt:    int32(m.Attempt),
		Epoch:      int32(m.Epoch),
		Value:      m.Value,
		Metrics:    m.Metrics,
		Elapsed:    durationpb.New(m.Elapsed),
		CreateTime: FromTime(m.At),
	}
}

// ToMeasurement returns the measurement of a message.
func ToMeasurement(m *pb.Measurement) study.Measurement {
	return study.Measurement{
		Attempt: int(m.GetAttempt()),
		Epoch:   int(m.GetEpoch()),
		Value:   m.GetValue(),
		Metrics: m.GetMetrics(),
		Elapsed: m.GetElapsed().AsDuration(),
		At:      ToTime(m.GetCreateTime()),
	}
}

// FromLease returns the lease's message.
func FromLease(l study.Lease) *pb.Lease {
	return &pb.Lease{
		StudyUid:   l.StudyID,
		Trial:      int32(l.Number),
		Attempt:    int32(l.Attempt),
		Token:      l.Token,
		ExpireTime: FromTime(l.ExpiresAt),
	}
}

// ToLease returns the lease of a message.
func ToLease(m *pb.Lease) study.Lease {
	return study.Lease{
		StudyID:   m.GetStudyUid(),
		Number:    int(m.GetTrial()),
		Attempt:   int(m.GetAttempt()),
		Token:     m.GetToken(),
		ExpiresAt: ToTime(m.GetExpireTime()),
	}
}
