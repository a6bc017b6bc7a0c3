package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goal-search/goal-search/study"
)

// model is the contract of a store in its plainest form: everything lies in
// memory, one call at a time. It keeps one study.
type model struct {
	now    time.Time
	budget int
	trials []*modelTrial
	rank   int // highest that is given
	tokens int // that were given
	epoch  int64
}

type modelTrial struct {
	study.Trial
	lease        study.Lease
	ttl          time.Duration
	measurements []study.Measurement
}

func (m *model) setBudget(trials int) { m.budget = trials }

func (m *model) addTrial(studyID int64, t study.Trial, c study.Claim) (study.Trial, study.Lease, error) {
	if len(m.trials) >= m.budget {
		return study.Trial{}, study.Lease{}, study.ErrBudget
	}
	if t.Number != len(m.trials) {
		return study.Trial{}, study.Lease{}, study.ErrNumberTaken
	}
	if c.SamplingEpoch != m.epoch {
		return study.Trial{}, study.Lease{}, study.ErrFenced
	}
	t.StudyID, t.State, t.CreatedAt = studyID, study.Waiting, m.now
	m.trials = append(m.trials, &modelTrial{Trial: t})
	return m.begin(m.trials[t.Number], c)
}

func (m *model) claimTrial(c study.Claim) (study.Trial, study.Lease, error) {
	for _, t := range m.trials {
		expired := t.State == study.Running && !m.now.Before(t.lease.ExpiresAt)
		if expired {
			m.endAttempt(t, study.AttemptLost, "")
			t.State = study.Waiting
		}
		if t.State == study.Waiting {
			return m.begin(t, c)
		}
	}
	return study.Trial{}, study.Lease{}, study.ErrNoTrial
}

func (m *model) begin(t *modelTrial, c study.Claim) (study.Trial, study.Lease, error) {
	m.tokens++
	t.State, t.ttl = study.Running, c.TTL
	t.lease = study.Lease{
		StudyID: t.StudyID, Number: t.Number, Attempt: len(t.Attempts) + 1,
		Token: fmt.Sprint(m.tokens), ExpiresAt: m.now.Add(c.TTL),
	}
	t.Attempts = append(t.Attempts, study.Attempt{
		Number: t.lease.Attempt, Worker: c.Worker, Environment: c.Environment, StartedAt: m.now,
	})
	return t.copy(), t.lease, nil
}

func (m *model) endAttempt(t *modelTrial, ended, reason string) {
	a := &t.Attempts[len(t.Attempts)-1]
	a.EndedAt, a.Ended, a.Reason = m.now, ended, reason
}

// held returns the lease's trial, or ErrLeaseLost.
func (m *model) held(l study.Lease) (*modelTrial, error) {
	t := m.trials[l.Number]
	if t.State != study.Running || t.lease.Token != l.Token {
		return nil, study.ErrLeaseLost
	}
	return t, nil
}

func (m *model) renewLease(l study.Lease, ttl time.Duration) (study.Lease, error) {
	t, err := m.held(l)
	if err != nil {
		return l, err
	}
	t.ttl, t.lease.ExpiresAt = ttl, m.now.Add(ttl)
	return t.lease, nil
}

func (m *model) addMeasurement(l study.Lease, measured study.Measurement) error {
	t, err := m.held(l)
	if err != nil {
		return err
	}
	measured.Attempt, measured.At = l.Attempt, m.now
	for _, old := range t.measurements {
		if old.Attempt != measured.Attempt || old.Epoch != measured.Epoch {
			continue
		}
		old.At = m.now
		if plain(old) != plain(measured) {
			return study.ErrConflict
		}
		t.lease.ExpiresAt = m.now.Add(t.ttl)
		return nil
	}
	t.lease.ExpiresAt = m.now.Add(t.ttl)
	t.measurements = append(t.measurements, measured)
	return nil
}

func (m *model) finishTrial(l study.Lease, o study.Outcome) (study.Trial, error) {
	o, err := o.Normalize()
	if err != nil {
		return study.Trial{}, err
	}
	t := m.trials[l.Number]
	if t.State.Finished() && t.lease.Token == l.Token && endedAs(t.Trial, o) {
		return t.copy(), nil
	}
	if t, err = m.held(l); err != nil {
		return study.Trial{}, err
	}
	m.endAttempt(t, string(o.State), o.Reason)
	m.setFinal(t, o)
	if o.State != study.Failed {
		t.Value = &o.Value
	}
	return t.copy(), nil
}

func (m *model) setFinal(t *modelTrial, o study.Outcome) {
	m.rank++
	t.State, t.Rank, t.Reason, t.FinishedAt = o.State, m.rank, o.Reason, m.now
}

func endedAs(t study.Trial, o study.Outcome) bool {
	return t.State == o.State && t.Reason == o.Reason && (t.Value == nil || plain(*t.Value) == plain(o.Value))
}

func (m *model) deleteTrial(number int) (study.Trial, error) {
	if number >= len(m.trials) {
		return study.Trial{}, study.ErrNotFound
	}
	t := m.trials[number]
	if t.State == study.Running {
		return study.Trial{}, study.ErrTransition
	}
	if t.State == study.Waiting {
		m.setFinal(t, study.Outcome{State: study.Failed})
	}
	if !t.Deleted() {
		t.DeletedAt, t.UnseenFrom = m.now, len(m.trials)
		m.epoch++
	}
	return t.copy(), nil
}

func (m *model) handBackTrial(l study.Lease, reason string) error {
	t, err := m.held(l)
	if err != nil {
		return err
	}
	m.endAttempt(t, study.AttemptHandedBack, reason)
	t.State = study.Waiting
	return nil
}

func (m *model) all(f study.Filter) []study.Trial {
	var chosen []study.Trial
	for _, t := range m.trials {
		if chooses(f, t.Trial) {
			chosen = append(chosen, t.copy())
		}
	}
	slices.SortFunc(chosen, func(a, b study.Trial) int {
		switch {
		case f.Order == study.ByRank:
			return a.Rank - b.Rank
		case f.Order == study.ByValue && *a.Value > *b.Value:
			return -1
		case f.Order == study.ByValue && *a.Value < *b.Value:
			return 1
		}
		return a.Number - b.Number
	})
	if f.Limit > 0 {
		chosen = chosen[:min(f.Limit, len(chosen))]
	}
	return chosen
}

// chooses tells whether the filter, but for its limit, chooses the trial.
func chooses(f study.Filter, t study.Trial) bool {
	byWorker := func(a study.Attempt) bool { return a.Worker == f.Worker || strings.HasPrefix(a.Worker, f.Worker+"/") }
	switch {
	case len(f.Numbers) > 0 && !slices.Contains(f.Numbers, t.Number),
		len(f.States) > 0 && !slices.Contains(f.States, t.State),
		f.Order == study.ByRank && t.Rank == 0,
		f.Order == study.ByValue && t.Value == nil,
		f.AfterRank > 0 && t.Rank <= f.AfterRank,
		f.MinValue != nil && (t.Value == nil || *t.Value < *f.MinValue),
		f.Worker != "" && !slices.ContainsFunc(t.Attempts, byWorker),
		f.UnseenFrom > 0 && t.UnseenFrom < f.UnseenFrom,
		f.UnseenFrom == 0 && t.Deleted() && !f.Deleted,
		t.Number < f.From:
		return false
	}
	return f.Order != study.ByValue || f.After == nil || f.After.Value > *t.Value || f.After.Value == *t.Value && f.After.Number < t.Number
}

func (m *model) measured(number int) []study.Measurement {
	all := slices.Clone(m.trials[number].measurements)
	slices.SortFunc(all, func(a, b study.Measurement) int {
		if a.Attempt != b.Attempt {
			return a.Attempt - b.Attempt
		}
		return a.Epoch - b.Epoch
	})
	return all
}

func (t *modelTrial) copy() study.Trial {
	c := t.Trial
	c.Attempts = slices.Clone(c.Attempts)
	return c
}

// plain is v in a form in which everything that a store keeps can be compared.
func plain(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("storetest: not comparable as JSON: " + err.Error())
	}
	return string(text)
}
