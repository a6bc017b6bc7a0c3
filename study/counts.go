package study

import "context"

// Counts is how many trials a study has.
type Counts struct {
	States  map[TrialState]int `json:"counts"`            // trials that are not deleted, by state; those that there are
	Deleted int                `json:"deleted,omitempty"` // trials, all of which have finished
}

// Total counts all trials, deleted ones too: what the budget bounds.
func (c Counts) Total() int {
	total := c.Deleted
	for _, n := range c.States {
		total += n
	}
	return total
}

// Finished counts the finished trials, deleted ones too. It is the rank of the
// one that finished last.
func (c Counts) Finished() int { return c.Total() - c.States[Waiting] - c.States[Running] }

// ReadBest returns what Best returns of all the study's trials, and reads no
// other.
func ReadBest(ctx context.Context, from interface {
	Trials(ctx context.Context, studyID int64, f Filter) ([]Trial, error)
}, studyID int64,
) (best Trial, ok bool, err error) {
	found, err := from.Trials(ctx, studyID, Filter{States: []TrialState{Complete}, Order: ByValue, Limit: 1})
	if err != nil || len(found) == 0 {
		return Trial{}, false, err
	}
	return found[0], true, nil
}
