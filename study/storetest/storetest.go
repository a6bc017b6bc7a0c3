// Package storetest holds what every study.Store must do: the contract of a
// trial and each sentence of the Store's documentation, as tests that a
// store's package runs against its real engine.
package storetest

import (
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
)

// Harness is one empty database under test.
type Harness struct {
	Store study.Store
	// Another opens the same database once more, as another process does.
	Another func(t *testing.T) study.Store
	// Advance moves the database's clock, which stands still otherwise.
	Advance func(d time.Duration)
}

// rule is one sentence that a store keeps.
type rule struct {
	sentence string
	check    func(*fixture)
}

// Run tests a store. open makes an empty database for every rule and closes
// what it opened at the end of that test. The rules run in parallel.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	groups := []struct {
		name  string
		rules []rule
	}{
		{"studies", studyRules},
		{"adding", addRules},
		{"claiming", claimRules},
		{"leases", leaseRules},
		{"measurements", measurementRules},
		{"checkpoints", checkpointRules},
		{"finishing", finishRules},
		{"states of studies", stateRules},
		{"enqueuing and stopping", stoppingRules},
		{"abandoned trials", abandonedRules},
		{"deleting", deletingRules},
		{"sampling", samplingRules},
		{"events", eventRules},
		{"requests", requestRules},
		{"workers", workerRules},
		{"reading", readRules},
		{"moving", moveRules},
		{"many at once", concurrencyRules},
		{"cancelling", cancelRules},
		{"random operations", simulationRules},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, r := range g.rules {
				t.Run(r.sentence, func(t *testing.T) {
					t.Parallel()
					r.check(&fixture{T: t, Harness: open(t)})
				})
			}
		})
	}
}
