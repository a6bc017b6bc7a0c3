package wire

import (
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// FromCounts returns the counts' message.
func FromCounts(c study.Counts) *pb.TrialCounts {
	return &pb.TrialCounts{
		Waiting:  int32(c.States[study.Waiting]),
		Running:  int32(c.States[study.Running]),
		Complete: int32(c.States[study.Complete]),
		Pruned:   int32(c.States[study.Pruned]),
		Failed:   int32(c.States[study.Failed]),
		Deleted:  int32(c.Deleted),
	}
}

// ToCounts returns the counts of a message.
func ToCounts(m *pb.TrialCounts) study.Counts {
	c := study.Counts{States: make(map[study.TrialState]int), Deleted: int(m.GetDeleted())}
	for state, n := range map[study.TrialState]int32{
		study.Waiting:  m.GetWaiting(),
		study.Running:  m.GetRunning(),
		study.Complete: m.GetComplete(),
		study.Pruned:   m.GetPruned(),
		study.Failed:   m.GetFailed(),
	} {
		if n > 0 {
			c.States[state] = int(n)
		}
	}
	return c
}
