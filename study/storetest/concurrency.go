package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/goal-search/goal-search/study"
)

// crowd is how many goroutines do the same at once, on two openings of the
// database.
const crowd = 8

// together runs work in a crowd that starts at once and waits for it.
func (f *fixture) together(work func(store study.Store, i int) error) {
	f.Helper()
	stores := []study.Store{f.Store, f.Another(f.T)}
	start := make(chan struct{})
	errs := make([]error, crowd)
	var wg sync.WaitGroup
	for i := range crowd {
		wg.Go(func() {
			<-start
			errs[i] = work(stores[i%len(stores)], i)
		})
	}
	close(start)
	wg.Wait()
	f.must(errors.Join(errs...))
}

var concurrencyRules = []rule{
	{"of many that make a study of one name, one succeeds", func(f *fixture) {
		var made atomic.Int32
		f.together(func(store study.Store, i int) error {
			_, err := store.CreateStudy(f.Context(), study.Study{Name: "one", Spec: spec(), Budget: study.Budget{Trials: i + 1}})
			if errors.Is(err, study.ErrExists) {
				return nil
			}
			made.Add(1)
			return err
		})
		f.same("made", made.Load(), 1)
	}},
	{"numbers have no gaps and the budget holds when many add trials", func(f *fixture) {
		const trials = 30
		s := f.create("first", trials)
		var added atomic.Int32
		f.together(func(store study.Store, i int) error {
			for number := 0; ; {
				_, _, err := store.AddTrial(f.Context(), s.ID, newTrial(number), claim(fmt.Sprint(i)))
				switch {
				case err == nil:
					added.Add(1)
				case errors.Is(err, study.ErrBudget):
					return nil
				case !errors.Is(err, study.ErrNumberTaken):
					return err
				}
				number++
			}
		})
		f.same("added", added.Load(), trials)
		for i, t := range f.trials(s, study.Filter{}) {
			f.same("number", t.Number, i)
			f.same("parameters", t.Parameters, point(i))
			f.same("attempts", len(t.Attempts), 1)
		}
	}},
	{"a waiting trial is held by exactly one", func(f *fixture) {
		const trials = 30
		s := f.create("first", trials)
		for number := range trials {
			f.addWaiting(s, number)
		}
		f.claimAll(s, trials)
	}},
	{"an expired trial is taken by exactly one", func(f *fixture) {
		const trials = 10
		s := f.create("first", trials)
		for number := range trials {
			f.add(s, number)
		}
		f.Advance(ttl)
		f.claimAll(s, trials)
	}},
	{"an expired trial is either finished by its holder or taken by another", func(f *fixture) {
		const rounds = 8
		s := f.create("first", rounds)
		for number := range rounds {
			_, l := f.add(s, number)
			f.Advance(ttl)
			var finished, taken atomic.Int32
			var thief atomic.Pointer[study.Lease]
			f.together(func(store study.Store, i int) error {
				var err error
				if i%2 == 0 {
					_, err = store.FinishTrial(f.Context(), l, complete(1))
					finished.Add(count(err))
				} else {
					var l study.Lease
					_, l, err = store.ClaimTrial(f.Context(), s.ID, claim(fmt.Sprint(i)))
					taken.Add(count(err))
					if err == nil {
						thief.Store(&l)
					}
				}
				if errors.Is(err, study.ErrLeaseLost) || errors.Is(err, study.ErrNoTrial) {
					return nil
				}
				return err
			})
			t := f.trial(s, number)
			won := finished.Load() == crowd/2 && taken.Load() == 0 && t.State == study.Complete && len(t.Attempts) == 1
			lost := finished.Load() == 0 && taken.Load() == 1 && t.State == study.Running && len(t.Attempts) == 2
			if !won && !lost {
				f.Errorf("finished %d times, taken %d times; the trial is %s after %d attempts", finished.Load(), taken.Load(), t.State, len(t.Attempts))
			}
			if l := thief.Load(); l != nil { // out of the next round's way
				f.finish(*l, complete(2))
			}
		}
	}},
	{"an expired lease is either renewed or taken by another", func(f *fixture) {
		const rounds = 8
		s := f.create("first", rounds)
		for number := range rounds {
			_, l := f.add(s, number)
			f.Advance(ttl)
			var renewed, taken atomic.Int32
			f.together(func(store study.Store, i int) error {
				var err error
				switch i % 4 {
				case 0:
					_, err = store.RenewLease(f.Context(), l, ttl)
					renewed.Add(count(err))
				case 1:
					err = store.AddMeasurement(f.Context(), l, measurement(0))
					renewed.Add(count(err))
				default:
					_, _, err = store.ClaimTrial(f.Context(), s.ID, claim(fmt.Sprint(i)))
					taken.Add(count(err))
				}
				if errors.Is(err, study.ErrLeaseLost) || errors.Is(err, study.ErrNoTrial) {
					return nil
				}
				return err
			})
			if won, lost := renewed.Load() == crowd/2 && taken.Load() == 0, renewed.Load() == 0 && taken.Load() == 1; !won && !lost {
				f.Errorf("renewed %d times, taken %d times", renewed.Load(), taken.Load())
			}
			f.same("attempts", len(f.trial(s, number).Attempts), int(1+taken.Load()))
			f.endLeases(s)
		}
	}},
	{"ranks are 1 to n, each once, when many finish", func(f *fixture) {
		const each = 4
		s := f.create("first", crowd*each)
		leases := make([]study.Lease, crowd*each)
		for number := range leases {
			_, leases[number] = f.add(s, number)
		}
		ranks := make([]int, len(leases))
		f.together(func(store study.Store, i int) error {
			for number := i * each; number < (i+1)*each; number++ {
				t, err := store.FinishTrial(f.Context(), leases[number], complete(float64(number)))
				if err != nil {
					return err
				}
				ranks[number] = t.Rank
			}
			return nil
		})
		slices.Sort(ranks)
		for i, rank := range ranks {
			f.same("rank", rank, i+1)
		}
		for i, t := range f.trials(s, study.Filter{Order: study.ByRank}) {
			f.same("rank", t.Rank, i+1)
			f.same("value", *t.Value, float64(t.Number))
		}
	}},
	{"the same finish by many at once is one finish", func(f *fixture) {
		s := f.create("first", 1)
		_, l := f.add(s, 0)
		f.together(func(store study.Store, i int) error {
			t, err := store.FinishTrial(f.Context(), l, complete(1))
			if err == nil && t.Rank != 1 {
				return fmt.Errorf("got rank %d, want 1", t.Rank)
			}
			return err
		})
	}},
	{"of different measurements of one epoch at once, one is stored", func(f *fixture) {
		s := f.create("first", 1)
		_, l := f.add(s, 0)
		var stored atomic.Int32
		f.together(func(store study.Store, i int) error {
			err := store.AddMeasurement(f.Context(), l, study.Measurement{Value: float64(i)})
			if errors.Is(err, study.ErrConflict) {
				return nil
			}
			stored.Add(1)
			return err
		})
		f.same("stored", stored.Load(), 1)
		f.same("measurements", len(f.measurements(s, 0)), 1)
	}},
	{"each of many that report at once gets its own answer", func(f *fixture) {
		const epochs = 4
		s := f.create("first", crowd)
		leases := make([]study.Lease, crowd)
		for number := range leases {
			_, leases[number] = f.add(s, number)
		}
		_, err := f.Store.StopTrial(f.Context(), s.ID, 2, "too slow")
		f.must(err)
		f.together(func(store study.Store, i int) error {
			for epoch := range epochs {
				if err := reportAs(f.Context(), store, leases[i], i, epoch); err != nil {
					return err
				}
			}
			return nil
		})
		stored := 0
		for i := range crowd {
			want := epochs
			if i == 1 { // has no lease
				want = 0
			}
			f.same(fmt.Sprint("measurements of trial ", i), len(f.measurements(s, i)), want)
			stored += want
		}
		events := f.events(s, 0, 1000)
		measured := slices.DeleteFunc(slices.Clone(events), func(e study.Event) bool { return e.Kind != study.TrialMeasured })
		f.same("events", len(measured), stored)
		f.same("last event", events[len(events)-1].Number, int64(len(events)))
	}},
	{"whoever reads while others write sees whole trials only", func(f *fixture) {
		const trials = 12
		s := f.create("first", trials)
		f.together(func(store study.Store, i int) error {
			if i%2 == 0 {
				return readWhole(f.T, store, s, trials)
			}
			for number := 0; number < trials; number++ {
				_, l, err := store.AddTrial(f.Context(), s.ID, newTrial(number), claim(fmt.Sprint(i)))
				if errors.Is(err, study.ErrNumberTaken) || errors.Is(err, study.ErrBudget) {
					continue
				}
				if err != nil {
					return err
				}
				if _, err := store.FinishTrial(f.Context(), l, complete(1)); err != nil {
					return err
				}
			}
			return nil
		})
	}},
}

// endLeases finishes every trial that is running, whoever holds it.
func (f *fixture) endLeases(s study.Study) {
	f.Helper()
	for range f.trials(s, study.Filter{States: []study.TrialState{study.Running}}) {
		f.Advance(2 * ttl)
		_, l := f.claim(s, "eve")
		f.finish(l, complete(1))
	}
}

// count is 1 for a success.
func count(err error) int32 {
	if err == nil {
		return 1
	}
	return 0
}

// claimAll lets a crowd claim until nothing waits, and checks that each trial
// was given once.
func (f *fixture) claimAll(s study.Study, trials int) {
	f.Helper()
	given := make([]atomic.Int32, trials)
	f.together(func(store study.Store, i int) error {
		for {
			t, l, err := store.ClaimTrial(f.Context(), s.ID, claim(fmt.Sprint(i)))
			if errors.Is(err, study.ErrNoTrial) {
				return nil
			}
			if err != nil {
				return err
			}
			given[t.Number].Add(1)
			if _, err := store.RenewLease(f.Context(), l, ttl); err != nil {
				return err
			}
		}
	})
	for number := range given {
		if got := given[number].Load(); got != 1 {
			f.Errorf("trial %d was given %d times", number, got)
		}
	}
}

// reportAs reports an epoch, once as it should be and once in a way that depends
// on who reports, and checks the answers.
func reportAs(ctx context.Context, store study.Store, l study.Lease, who, epoch int) error {
	var want error // of the second report
	first, m := error(nil), measurement(epoch)
	once := study.WithRequest(ctx, study.Request{ID: fmt.Sprintf("%d of %d", epoch, who), Fingerprint: "a"})
	again, second := ctx, m
	switch who {
	case 1:
		l.Attempt--
		first, want = study.ErrLeaseLost, study.ErrLeaseLost
	case 2:
		first, want = study.ErrStop, study.ErrStop
	case 3:
		second.Value++
		want = study.ErrConflict
	case 4:
		again = once
	case 5:
		again = study.WithRequest(ctx, study.Request{ID: fmt.Sprintf("%d of %d", epoch, who), Fingerprint: "b"})
		want = study.ErrConflict
	}
	if err := store.AddMeasurement(once, l, m); !errors.Is(err, first) {
		return fmt.Errorf("epoch %d of trial %d: got error %v, want %v", epoch, who, err, first) //nolint:errorlint // either may be nil
	}
	if err := store.AddMeasurement(again, l, second); !errors.Is(err, want) {
		return fmt.Errorf("epoch %d of trial %d again: got error %v, want %v", epoch, who, err, want) //nolint:errorlint // either may be nil
	}
	return nil
}

// readWhole reads the trials until all are finished or nothing is new, and
// checks each reading.
func readWhole(t *testing.T, store study.Store, s study.Study, trials int) error {
	for range 2 * trials {
		all, err := store.Trials(t.Context(), s.ID, study.Filter{})
		if err != nil {
			return err
		}
		finished := 0
		for i, trial := range all {
			ended := trial.Attempts != nil && trial.Attempts[len(trial.Attempts)-1].Ended != ""
			if trial.Number != i || len(trial.Parameters) != len(s.Spec.Space) || trial.State.Finished() != ended || trial.State.Finished() != (trial.Rank > 0) {
				return fmt.Errorf("trial %d of %d is not whole: %+v", i, len(all), trial)
			}
			if trial.State.Finished() {
				finished++
			}
		}
		if finished == trials {
			return nil
		}
	}
	return nil
}
