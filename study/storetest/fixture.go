package storetest

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
)

// ttl is the lease of a claim unless a rule is about leases.
const ttl = time.Minute

// fixture is a test on an empty database, with what rules have in common.
type fixture struct {
	*testing.T
	Harness
}

// spec is a specification with every field set.
func spec() study.Spec {
	return study.Spec{
		Space: study.Space{
			{Name: "gamma_1", Low: -1, High: 1},
			{Name: "gamma_{1}{2}", Low: 0, High: 0},
			{Name: "rate", Low: 1e-5, High: 0.1, Log: true},
			{Name: "hidden", Low: 10, High: 400, Integer: true},
		},
		Sampler:     study.Sampler{Name: "cmaes", Seed: math.MaxUint64},
		TrainerSeed: math.MaxUint64 - 1,
		DataSet:     study.DataSet{Name: "digits", Images: 60000, Hash: "c0ffee"},
		Objective:   json.RawMessage(`{"epochs":40,"note":"<&> ü 語"}`),
	}
}

func point(number int) study.Parameters {
	return study.Parameters{
		"gamma_1": 1 / float64(number+3), "gamma_{1}{2}": 0, "rate": 0.1 / float64(number+7), "hidden": 100,
	}
}

func claim(worker string) study.Claim {
	return study.Claim{
		Worker:      worker,
		Environment: study.Environment{Version: "v1", KernelPath: "generic", DataHash: "c0ffee"},
		TTL:         ttl,
	}
}

func complete(v float64) study.Outcome { return study.Outcome{State: study.Complete, Value: v} }

func (f *fixture) create(name string, trials int) study.Study {
	f.Helper()
	s, err := f.Store.CreateStudy(f.Context(), study.Study{Name: name, Spec: spec(), Budget: study.Budget{Trials: trials}})
	f.must(err)
	return s
}

// add adds the numbered trial for worker "ada".
func (f *fixture) add(s study.Study, number int) (study.Trial, study.Lease) {
	f.Helper()
	t, l, err := f.Store.AddTrial(f.Context(), s.ID, newTrial(number), claim("ada"))
	f.must(err)
	return t, l
}

func newTrial(number int) study.Trial {
	return study.Trial{Number: number, Parameters: point(number), Seed: math.MaxUint64 - uint64(number), Saw: number / 2}
}

// addWaiting adds a trial that nobody holds.
func (f *fixture) addWaiting(s study.Study, number int) {
	f.Helper()
	_, l := f.add(s, number)
	f.must(f.Store.HandBackTrial(f.Context(), l, "for the next one"))
}

// addFinished adds a trial that is complete with this value.
func (f *fixture) addFinished(s study.Study, number int, v float64) {
	f.Helper()
	_, l := f.add(s, number)
	f.finish(l, complete(v))
}

func (f *fixture) claim(s study.Study, worker string) (study.Trial, study.Lease) {
	f.Helper()
	t, l, err := f.Store.ClaimTrial(f.Context(), s.ID, claim(worker))
	f.must(err)
	return t, l
}

func (f *fixture) finish(l study.Lease, o study.Outcome) study.Trial {
	f.Helper()
	t, err := f.Store.FinishTrial(f.Context(), l, o)
	f.must(err)
	return t
}

// trials returns the study's chosen trials.
func (f *fixture) trials(s study.Study, filter study.Filter) []study.Trial {
	f.Helper()
	all, err := f.Store.Trials(f.Context(), s.ID, filter)
	f.must(err)
	return all
}

// trial returns the numbered trial as the store keeps it.
func (f *fixture) trial(s study.Study, number int) study.Trial {
	f.Helper()
	for _, t := range f.trials(s, study.Filter{}) {
		if t.Number == number {
			return t
		}
	}
	f.Fatalf("trial %d is not in the store", number)
	return study.Trial{}
}

func (f *fixture) measurements(s study.Study, number int) []study.Measurement {
	f.Helper()
	all, err := f.Store.Measurements(f.Context(), s.ID, number)
	f.must(err)
	return all
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// fails checks that err is of the kind want.
func (f *fixture) fails(what string, err, want error) {
	f.Helper()
	if !errors.Is(err, want) {
		f.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

// same compares by JSON, in which study's types are exact, NaN and -0 too.
func (f *fixture) same(what string, got, want any) {
	f.Helper()
	if g, w := asJSON(f, got), asJSON(f, want); g != w {
		f.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func asJSON(f *fixture, v any) string {
	f.Helper()
	text, err := json.Marshal(v)
	f.must(err)
	return string(text)
}
