package api

import (
	"fmt"
	"time"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// checkImported is checkStudy of a study that has been somewhere else.
func (s *Server) checkImported(m *pb.Study, imported study.Study) error {
	if err := s.checkStudy(m, imported); err != nil {
		return err
	}
	var v violations
	if imported.State == "" {
		v.add("study.state", fmt.Errorf("%s: want a state that a study can have", m.GetState()))
	}
	v.require("study.create_time", !imported.CreatedAt.IsZero())
	v.add("study.create_time", checkTime(imported.CreatedAt))
	return v.err()
}

// checkTime tells whether a time is one that can be kept. None is.
func checkTime(t time.Time) error {
	switch {
	case t.Year() < 1 || t.Year() > 9999:
		return fmt.Errorf("year %d: want 1 to 9999", t.Year())
	case t.Nanosecond()%1000 != 0:
		return fmt.Errorf("%d ns: want whole microseconds", t.Nanosecond())
	}
	return nil
}

// importCheck refuses trials that no study has come to have, so that what was
// built by a client is as good as what was exported.
type importCheck struct {
	space  study.Space
	trials int
	ranks  map[int]bool
}

// before returns add that checks each trial first.
func (c *importCheck) before(add func(study.History) error) func(study.History) error {
	return func(h study.History) error {
		if err := c.trial(h); err != nil {
			return err
		}
		return add(h)
	}
}

// trial checks the next trial.
func (c *importCheck) trial(h study.History) error {
	field := fmt.Sprintf("trials[%d]", c.trials)
	var v violations
	if wire.FromTrialState(h.State) == pb.Trial_STATE_UNSPECIFIED {
		v.add(field+".state", fmt.Errorf("want a state that a trial can have"))
	} else {
		v.add(field, h.Validate(c.trials))
	}
	v.add(field+".parameters", c.space.Check(h.Parameters))
	if h.Saw < 0 {
		v.add(field+".saw", fmt.Errorf("%d: want 0 or more", h.Saw))
	}
	if h.Rank < 0 || c.ranks[h.Rank] {
		v.add(field+".rank", fmt.Errorf("%d: want each rank once", h.Rank))
	}
	if h.Rank > 0 {
		c.ranks[h.Rank] = true
	}
	checkTimes(&v, field, h)
	c.trials++
	return v.err()
}

// checkTimes notes times of a trial that cannot be kept.
func checkTimes(v *violations, field string, h study.History) {
	v.add(field+".create_time", checkTime(h.CreatedAt))
	v.add(field+".finish_time", checkTime(h.FinishedAt))
	for i, a := range h.Attempts {
		attempt := fmt.Sprintf("%s.attempts[%d]", field, i)
		v.add(attempt+".start_time", checkTime(a.StartedAt))
		v.add(attempt+".end_time", checkTime(a.EndedAt))
		v.require(attempt+".end_time", a.Ended == "" || !a.EndedAt.IsZero())
	}
	for i, m := range h.Measurements {
		v.add(fmt.Sprintf("%s.measurements[%d].create_time", field, i), checkTime(m.At))
	}
}

// whole checks what only all trials together show: a sampler reads them by rank,
// without gaps.
func (c *importCheck) whole() error {
	for rank := 1; rank <= len(c.ranks); rank++ {
		if !c.ranks[rank] {
			return invalid("trials", fmt.Errorf("%d trials have a rank, none has rank %d", len(c.ranks), rank))
		}
	}
	return nil
}
