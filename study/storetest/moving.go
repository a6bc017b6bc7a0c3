package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"

	"github.com/goal-search/goal-search/study"
)

var moveRules = []rule{
	{"RenameStudy gives another name and changes nothing else", func(f *fixture) {
		s := f.mixed()
		before := f.trials(s, study.Filter{})
		renamed := s
		renamed.Name = "second"
		for range 2 { // no change is no error
			got, err := f.Store.RenameStudy(f.Context(), s.ID, "second")
			f.must(err)
			f.same("renamed", got, renamed)
		}
		_, err := f.Store.Study(f.Context(), s.Name)
		f.fails("old name", err, study.ErrNotFound)
		got, err := f.Another(f.T).Study(f.Context(), "second")
		f.must(err)
		f.same("study", got, renamed)
		got, err = f.Another(f.T).StudyByID(f.Context(), s.ID)
		f.must(err)
		f.same("study by ID", got, renamed)
		f.same("trials", f.trials(s, study.Filter{}), before)
	}},
	{"RenameStudy: a name that is taken is ErrExists, an unknown study ErrNotFound, and a bad name refused", func(f *fixture) {
		s, other := f.create("first", 1), f.create("second", 1)
		_, err := f.Store.RenameStudy(f.Context(), s.ID, other.Name)
		f.fails("taken", err, study.ErrExists)
		_, err = f.Store.RenameStudy(f.Context(), 999, "third")
		f.fails("unknown", err, study.ErrNotFound)
		if _, err := f.Store.RenameStudy(f.Context(), s.ID, "not a name"); err == nil {
			f.Error("a name with spaces was stored")
		}
		_, err = f.Store.RenameStudy(f.Context(), s.ID, "First")
		f.must(err)
	}},
	{"DeleteStudy removes the study and all that belongs to it, and no other", func(f *fixture) {
		s, other := f.create("first", 10), f.create("second", 10)
		_, l := f.add(s, 0)
		f.must(f.Store.AddMeasurement(f.Context(), l, measurement(0)))
		f.addFinished(other, 0, 1)
		f.must(f.Store.DeleteStudy(f.Context(), s.ID))
		_, err := f.Another(f.T).Study(f.Context(), s.Name)
		f.fails("Study", err, study.ErrNotFound)
		_, err = f.Store.StudyByID(f.Context(), s.ID)
		f.fails("StudyByID", err, study.ErrNotFound)
		_, err = f.Store.Trials(f.Context(), s.ID, study.Filter{})
		f.fails("Trials", err, study.ErrNotFound)
		_, err = f.Store.FinishTrial(f.Context(), l, complete(1))
		f.fails("FinishTrial", err, study.ErrLeaseLost)
		f.fails("AddMeasurement", f.Store.AddMeasurement(f.Context(), l, measurement(1)), study.ErrLeaseLost)
		f.fails("deleted again", f.Store.DeleteStudy(f.Context(), s.ID), study.ErrNotFound)
		f.same("trials of the other", len(f.trials(other, study.Filter{})), 1)
	}},
	{"a study of many trials is deleted whole", func(f *fixture) {
		all := make([]study.History, 205)
		for number := range all {
			all[number].Trial = newTrial(number)
			all[number].State = study.Waiting
		}
		made, err := f.Store.ImportStudy(f.Context(), study.Study{Name: "many", Spec: spec(), Budget: study.Budget{Trials: 1}}, passing(all))
		f.must(err)
		f.same("trials", len(f.trials(made, study.Filter{})), len(all))
		f.must(f.Store.DeleteStudy(f.Context(), made.ID))
		_, err = f.Store.Study(f.Context(), "many")
		f.fails("Study", err, study.ErrNotFound)
	}},
	{"an ID is never given again", func(f *fixture) {
		s := f.create("first", 1)
		f.must(f.Store.DeleteStudy(f.Context(), s.ID))
		if again := f.create("first", 1); again.ID <= s.ID {
			f.Errorf("got ID %d after %d", again.ID, s.ID)
		}
	}},
	{"Histories gives every trial by number, with all that was reported of it", func(f *fixture) {
		s := f.mixed()
		f.remove(s, 0)
		all := f.histories(s)
		for i, t := range f.trials(s, study.Filter{Deleted: true}) {
			f.same("trial", all[i], study.History{Trial: t, Measurements: f.measurements(s, i)})
		}
		f.fails("unknown study", f.Store.Histories(f.Context(), 999, nil), study.ErrNotFound)
	}},
	{"Histories returns the first error of each and gives it nothing more", func(f *fixture) {
		s := f.mixed()
		enough, calls := errors.New("enough"), 0
		err := f.Store.Histories(f.Context(), s.ID, func(study.History) error { calls++; return enough })
		f.fails("Histories", err, enough)
		f.same("calls", calls, 1)
	}},
	{"a copy is the same study with the same trials, in the same database or another", func(f *fixture) {
		s := f.mixed()
		_, l := f.add(s, 7)
		for epoch, v := range []float64{0, math.Copysign(0, -1), 1.0 / 3, math.NaN(), math.Inf(1), math.Inf(-1)} {
			m := measurement(epoch)
			m.Value, m.Metrics["goal"] = v, v
			f.must(f.Store.AddMeasurement(f.Context(), l, m))
		}
		f.finish(l, complete(math.Copysign(0, -1)))
		f.remove(s, 0)
		f.Advance(ttl / 4) // a copy has the times of the original
		made, err := study.Copy(f.Context(), f.Another(f.T), s, f.Store, "copy")
		f.must(err)
		want, original := f.histories(s), s
		original.ID, original.Name = made.ID, "copy"
		f.same("study", made, original)
		for i := range want {
			want[i].StudyID = made.ID
		}
		f.same("histories", f.histories(made), want)
	}},
	{"a copy goes on where the original was: its running trials can be claimed at once", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		f.addWaiting(s, 1)
		f.addFinished(s, 2, 1)
		made, err := study.Copy(f.Context(), f.Store, s, f.Store, "copy")
		f.must(err)
		moved := l
		moved.StudyID = made.ID
		f.fails("the original's lease", f.Store.AddMeasurement(f.Context(), moved, measurement(0)), study.ErrLeaseLost)
		for want := range 2 {
			t, l := f.claim(made, "bob")
			f.same("number", t.Number, want)
			f.same("attempts", len(t.Attempts), 2)
			f.same("rank", f.finish(l, complete(1)).Rank, want+2)
		}
		f.add(made, 3)
		f.finish(l, complete(1)) // in the original
	}},
	{"a copy that reads back otherwise is ErrCorrupt, and gone", func(f *fixture) {
		s := f.mixed()
		_, err := study.Copy(f.Context(), f.Store, s, forgetful{f.Store}, "copy")
		f.fails("Copy", err, study.ErrCorrupt)
		_, err = f.Store.Study(f.Context(), "copy")
		f.fails("Study", err, study.ErrNotFound)
	}},
	{"ImportStudy stores a study whole or not at all", func(f *fixture) {
		s := f.mixed()
		f.fails("a name that is taken", f.imports(s.Name, f.histories(s)...), study.ErrExists)
		cut := errors.New("cut off")
		_, err := f.Store.ImportStudy(f.Context(), study.Study{Name: "copy", Spec: s.Spec, Budget: s.Budget}, func(add func(study.History) error) error {
			f.must(add(f.histories(s)[0]))
			return cut
		})
		f.fails("the source is cut off", err, cut)
		for what, spoil := range map[string]func(h *study.History){
			"a gap in the numbers":                 func(h *study.History) { h.Number++ },
			"a finished trial without a rank":      func(h *study.History) { h.Rank = 0 },
			"a complete trial without a value":     func(h *study.History) { h.Value = nil },
			"a value that is not finite":           func(h *study.History) { v := math.NaN(); h.Value = &v },
			"a finished trial that nobody took":    func(h *study.History) { h.Attempts = nil },
			"an attempt that has not ended":        func(h *study.History) { h.Attempts[0].Ended = "" },
			"a gap in the attempts":                func(h *study.History) { h.Attempts[0].Number = 2 },
			"a deleted trial that all have seen":   func(h *study.History) { h.DeletedAt = h.FinishedAt },
			"a trial unseen from itself on":        func(h *study.History) { h.DeletedAt, h.UnseenFrom = h.FinishedAt, h.Number },
			"a trial unseen and not deleted":       func(h *study.History) { h.UnseenFrom = h.Number + 1 },
			"a measurement of an attempt too many": func(h *study.History) { h.Measurements = []study.Measurement{{Attempt: 2}} },
		} {
			h := f.histories(s)[0]
			spoil(&h)
			if err := f.imports("copy", h); err == nil {
				f.Errorf("%s was stored", what)
			}
		}
		twice := f.histories(s)[:2]
		twice[1].Rank = twice[0].Rank
		if err := f.imports("copy", twice...); err == nil {
			f.Error("the same rank was stored twice")
		}
		_, err = f.Store.Study(f.Context(), "copy")
		f.fails("what was not stored", err, study.ErrNotFound)
	}},
	{"of many that import a study of one name, one succeeds", func(f *fixture) {
		s := f.mixed()
		all := f.histories(s)
		var made atomic.Int32
		f.together(func(store study.Store, i int) error {
			_, err := store.ImportStudy(f.Context(), study.Study{Name: "copy", Spec: s.Spec, Budget: study.Budget{Trials: i + 1}}, passing(all))
			if errors.Is(err, study.ErrExists) {
				return nil
			}
			made.Add(1)
			return err
		})
		f.same("made", made.Load(), 1)
	}},
	{"a study can be deleted while workers are at it", func(f *fixture) {
		s := f.create("first", 1000)
		f.together(func(store study.Store, i int) error {
			if i == 0 {
				return store.DeleteStudy(f.Context(), s.ID)
			}
			for number := 0; ; number++ {
				_, l, err := store.AddTrial(f.Context(), s.ID, newTrial(number), claim(fmt.Sprint(i)))
				if err == nil {
					err = store.AddMeasurement(f.Context(), l, measurement(0))
				}
				switch {
				case errors.Is(err, study.ErrNotFound), errors.Is(err, study.ErrLeaseLost):
					return nil
				case err != nil && !errors.Is(err, study.ErrNumberTaken):
					return err
				}
			}
		})
		all, err := f.Store.Studies(f.Context())
		f.must(err)
		f.same("studies", len(all), 0)
	}},
}

// forgetful is a store that loses the reasons of what it imports.
type forgetful struct{ study.Store }

func (s forgetful) ImportStudy(ctx context.Context, st study.Study, trials func(add func(study.History) error) error) (study.Study, error) {
	return s.Store.ImportStudy(ctx, st, func(add func(study.History) error) error {
		return trials(func(h study.History) error {
			h.Reason = ""
			return add(h)
		})
	})
}

// histories are all of the study's.
func (f *fixture) histories(s study.Study) (all []study.History) {
	f.Helper()
	f.must(f.Store.Histories(f.Context(), s.ID, func(h study.History) error {
		all = append(all, h)
		return nil
	}))
	return all
}

// imports stores a study of that name with these histories.
func (f *fixture) imports(name string, all ...study.History) error {
	_, err := f.Store.ImportStudy(f.Context(), study.Study{Name: name, Spec: spec(), Budget: study.Budget{Trials: 1}}, passing(all))
	return err
}

// passing adds them one after the other.
func passing(all []study.History) func(add func(study.History) error) error {
	return func(add func(study.History) error) error {
		for _, h := range all {
			if err := add(h); err != nil {
				return err
			}
		}
		return nil
	}
}
