package wire

import (
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// FromWorker returns the worker's message.
func FromWorker(w study.Worker) *pb.Worker {
	state := pb.Worker_STATE_ACTIVE
	if w.Draining {
		state = pb.Worker_STATE_DRAINING
	}
	return &pb.Worker{
		Name:         WorkerName(w.Name),
		Version:      w.Version,
		KernelPath:   w.KernelPath,
		Slots:        int32(w.Slots),
		Labels:       w.Labels,
		State:        state,
		CreateTime:   FromTime(w.CreatedAt),
		LastSeenTime: FromTime(w.LastSeenAt),
	}
}

// ToWorker returns the worker of a message. It ignores a name that is not one
// of a worker.
func ToWorker(m *pb.Worker) study.Worker {
	name, err := ParseWorkerName(m.GetName())
	if err != nil {
		name = ""
	}
	return study.Worker{
		Name:       name,
		Version:    m.GetVersion(),
		KernelPath: m.GetKernelPath(),
		Slots:      int(m.GetSlots()),
		Labels:     m.GetLabels(),
		Draining:   m.GetState() == pb.Worker_STATE_DRAINING,
		CreatedAt:  ToTime(m.GetCreateTime()),
		LastSeenAt: ToTime(m.GetLastSeenTime()),
	}
}
