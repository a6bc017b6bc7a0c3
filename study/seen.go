package study

import (
	"slices"
	"time"
)

// Seen returns what the sampler sees of finished trials, in the order of their
// ranks, when it suggests the numbered one. A trial that was deleted before looks
// like one that failed, so that the ranks have no gaps; of one that was deleted
// later nothing tells so. Hence a suggestion is the same whenever it is made again.
func Seen(finished []Trial, number int) []Trial {
	if !slices.ContainsFunc(finished, Trial.Deleted) {
		return finished
	}
	seen := slices.Clone(finished)
	for i, t := range seen {
		if t.Deleted() && t.UnseenFrom <= number {
			seen[i].State, seen[i].Value = Failed, nil
		}
		seen[i].DeletedAt, seen[i].UnseenFrom = time.Time{}, 0
	}
	return seen
}
