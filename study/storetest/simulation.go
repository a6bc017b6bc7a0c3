package storetest

import (
	"errors"
	"flag"
	"math"
	"math/rand/v2"
	"time"

	"github.com/goal-search/goal-search/study"
)

var (
	simulationSeed  = flag.Uint64("storetest.seed", 0, "seed of the random operations; 0: a new one")
	simulationSteps = flag.Int("storetest.steps", 200, "number of random operations")
)

var simulationRules = []rule{
	{"a store does what the contract's plainest form does", func(f *fixture) {
		seed := *simulationSeed
		if seed == 0 {
			seed = rand.Uint64()
		}
		f.Logf("to repeat: -storetest.seed=%d -storetest.steps=%d", seed, *simulationSteps)
		s := newSimulation(f, seed)
		for step := range *simulationSteps {
			s.step()
			if step%50 == 0 {
				s.compareAll()
			}
			if f.Failed() {
				f.Fatalf("at step %d", step)
			}
		}
		s.compareAll()
	}},
}

// simulation does the same to a store, through two openings of it, and to the
// model.
type simulation struct {
	*fixture
	random *rand.Rand
	stores []study.Store
	study  study.Study
	model  model
	leases []leasePair // all that were ever given
}

// leasePair is one lease as the store gave it and as the model did; they
// differ in their tokens.
type leasePair struct{ real, model study.Lease }

func newSimulation(f *fixture, seed uint64) *simulation {
	created := f.create("simulated", 5)
	return &simulation{
		fixture: f,
		random:  rand.New(rand.NewPCG(seed, 0)),
		stores:  []study.Store{f.Store, f.Another(f.T)},
		study:   created,
		model:   model{now: created.CreatedAt, budget: 5},
	}
}

func (s *simulation) store() study.Store { return s.stores[s.random.IntN(len(s.stores))] }

// step does one random thing. What has no lease to act on does nothing.
func (s *simulation) step() {
	switch n := s.random.IntN(100); {
	case n < 15:
		s.addTrial()
	case n < 30:
		s.claimTrial()
	case n < 40:
		s.renew()
	case n < 62:
		s.measure()
	case n < 75:
		s.finish()
	case n < 82:
		s.handBack()
	case n < 92:
		d := time.Duration(s.random.IntN(4)) * ttl / 4
		s.Advance(d)
		s.model.now = s.model.now.Add(d)
	case n < 94:
		s.setBudget()
	case n < 97:
		s.delete()
	default:
		s.read()
	}
}

func (s *simulation) addTrial() {
	number := max(0, len(s.model.trials)+s.random.IntN(8)/7-s.random.IntN(8)/7)
	c := s.claim()
	got, l, err := s.store().AddTrial(s.Context(), s.study.ID, newTrial(number), c)
	want, m, wantErr := s.model.addTrial(s.study.ID, newTrial(number), c)
	s.given("add", got, want, l, m, err, wantErr)
}

func (s *simulation) claim() study.Claim {
	c := claim([]string{"ada", "ada/2", "adam"}[s.random.IntN(3)])
	c.TTL = ttl * time.Duration(1+s.random.IntN(3)) / 2
	c.SamplingEpoch = max(0, s.model.epoch-int64(s.random.IntN(8)/7))
	return c
}

func (s *simulation) claimTrial() {
	c := s.claim()
	got, l, err := s.store().ClaimTrial(s.Context(), s.study.ID, c)
	want, m, wantErr := s.model.claimTrial(c)
	s.given("claim", got, want, l, m, err, wantErr)
}

// given compares a trial with its lease, and remembers the lease.
func (s *simulation) given(what string, got, want study.Trial, l, m study.Lease, err, wantErr error) {
	if !s.sameError(what, err, wantErr) {
		return
	}
	s.same(what, s.withoutOwnWords(got), want)
	s.leases = append(s.leases, leasePair{l, m})
	m.Token = l.Token
	s.same("lease", l, m)
}

// withoutOwnWords takes out what each store says in its own words: why an
// attempt was lost, and why a trial failed that nobody had.
func (s *simulation) withoutOwnWords(t study.Trial) study.Trial {
	if n := len(t.Attempts); t.Deleted() && t.State == study.Failed && t.Attempts[n-1].Ended != string(study.Failed) {
		t.Reason = ""
	}
	for i, a := range t.Attempts {
		if a.Ended == study.AttemptLost {
			t.Attempts[i].Reason = ""
		}
	}
	return t
}

// lease picks one of the leases, the latest ones most often.
func (s *simulation) lease() (leasePair, bool) {
	if len(s.leases) == 0 {
		return leasePair{}, false
	}
	recent := min(len(s.leases), 1+s.random.IntN(8))
	if s.random.IntN(10) == 0 {
		recent = len(s.leases)
	}
	return s.leases[len(s.leases)-1-s.random.IntN(recent)], true
}

func (s *simulation) renew() {
	l, ok := s.lease()
	if !ok {
		return
	}
	d := ttl * time.Duration(1+s.random.IntN(3)) / 2
	got, err := s.store().RenewLease(s.Context(), l.real, d)
	want, wantErr := s.model.renewLease(l.model, d)
	if s.sameError("renew", err, wantErr) {
		want.Token = got.Token
		s.same("lease", got, want)
	}
}

func (s *simulation) measure() {
	l, ok := s.lease()
	if !ok {
		return
	}
	m := measurement(s.random.IntN(4))
	m.Value = s.number()
	err := s.store().AddMeasurement(s.Context(), l.real, m)
	s.sameError("measure", err, s.model.addMeasurement(l.model, m))
}

// number is one of a few, so that repetitions happen.
func (s *simulation) number() float64 {
	return []float64{0, math.Copysign(0, -1), 1.0 / 3, math.NaN(), math.Inf(-1)}[s.random.IntN(5)]
}

func (s *simulation) finish() {
	l, ok := s.lease()
	if !ok {
		return
	}
	states := []study.TrialState{study.Complete, study.Complete, study.Pruned, study.Failed, study.Running}
	o := study.Outcome{State: states[s.random.IntN(len(states))], Value: s.number()}
	got, err := s.store().FinishTrial(s.Context(), l.real, o)
	want, wantErr := s.model.finishTrial(l.model, o)
	if s.sameError("finish", err, wantErr) {
		s.same("finished", s.withoutOwnWords(got), want)
	}
}

func (s *simulation) handBack() {
	if l, ok := s.lease(); ok {
		err := s.store().HandBackTrial(s.Context(), l.real, "leaving")
		s.sameError("hand back", err, s.model.handBackTrial(l.model, "leaving"))
	}
}

func (s *simulation) delete() {
	number := s.random.IntN(len(s.model.trials) + 1)
	got, err := s.store().DeleteTrial(s.Context(), s.study.ID, number)
	want, wantErr := s.model.deleteTrial(number)
	if s.sameError("delete", err, wantErr) {
		s.same("deleted", s.withoutOwnWords(got), want)
	}
}

func (s *simulation) setBudget() {
	trials := 1 + len(s.model.trials) + s.random.IntN(10) - 3
	if trials < 1 {
		return
	}
	s.must(s.store().SetBudget(s.Context(), s.study.ID, study.Budget{Trials: trials}))
	s.model.setBudget(trials)
}

func (s *simulation) read() {
	f := study.Filter{
		Order:   study.TrialOrder(s.random.IntN(3)),
		Worker:  []string{"", "", "ada", "ada/2"}[s.random.IntN(4)],
		Limit:   max(0, s.random.IntN(8)-3),
		From:    max(0, s.random.IntN(8)-5),
		Deleted: s.random.IntN(2) == 0,
	}
	if s.random.IntN(4) == 0 {
		f.UnseenFrom = s.random.IntN(len(s.model.trials) + 2)
	}
	if s.random.IntN(2) == 0 {
		f.AfterRank = s.random.IntN(s.model.rank + 2)
	}
	if s.random.IntN(2) == 0 {
		f.States = []study.TrialState{study.Running, study.Complete, study.Failed}[:1+s.random.IntN(3)]
	}
	if v := s.number(); !math.IsNaN(v) && !math.IsInf(v, 0) {
		f.MinValue = &v
	}
	if s.random.IntN(2) == 0 {
		f.After = &study.Place{Value: []float64{1.0 / 3, 0}[s.random.IntN(2)], Number: s.random.IntN(len(s.model.trials) + 1)}
	}
	if s.random.IntN(4) == 0 {
		f.Numbers = []int{s.random.IntN(len(s.model.trials) + 1), 2, 5}
	}
	s.compare(f)
}

func (s *simulation) compare(filter study.Filter) {
	got, err := s.store().Trials(s.Context(), s.study.ID, filter)
	s.must(err)
	for i := range got {
		got[i] = s.withoutOwnWords(got[i])
	}
	s.same("trials", got, s.model.all(filter))
}

// compareAll compares everything that is stored.
func (s *simulation) compareAll() {
	s.compare(study.Filter{})
	s.compare(study.Filter{Deleted: true})
	s.compareCounts()
	for number := range s.model.trials {
		got, err := s.store().Measurements(s.Context(), s.study.ID, number)
		s.must(err)
		s.same("measurements", got, s.model.measured(number))
	}
}

func (s *simulation) compareCounts() {
	got, err := s.store().Counts(s.Context(), s.study.ID)
	s.must(err)
	want := study.Counts{States: make(map[study.TrialState]int)}
	for _, t := range s.model.trials {
		if t.Deleted() {
			want.Deleted++
		} else {
			want.States[t.State]++
		}
	}
	s.same("counts", got, want)
}

// sameError tells whether both succeeded, and fails the test when they do not
// agree on that or on the reason.
func (s *simulation) sameError(what string, got, want error) bool {
	s.Helper()
	if want == nil && got != nil || want != nil && !isSame(got, want) {
		s.Errorf("%s: got error %v, want %v", what, got, want)
	}
	return got == nil && want == nil
}

func isSame(got, want error) bool {
	for _, kind := range []error{
		study.ErrBudget, study.ErrNumberTaken, study.ErrNoTrial, study.ErrLeaseLost, study.ErrConflict, study.ErrTransition,
		study.ErrFenced, study.ErrNotFound,
	} {
		if errors.Is(want, kind) {
			return errors.Is(got, kind)
		}
	}
	return false
}
