package storetest

import (
	"encoding/json"
	"math"

	"github.com/goal-search/goal-search/study"
)

var studyRules = []rule{
	{"CreateStudy returns the study with its ID and time of creation", func(f *fixture) {
		s := f.create("first", 10)
		if s.ID < 1 || s.CreatedAt.IsZero() || s.CreatedAt.Location().String() != "UTC" {
			f.Errorf("got ID %d, created at %v, want an ID from 1 and a time in UTC", s.ID, s.CreatedAt)
		}
		f.same("specification", s.Spec, spec())
		f.same("budget", s.Budget, study.Budget{Trials: 10})
	}},
	{"Study returns the study of that name, or ErrNotFound", func(f *fixture) {
		for _, want := range []study.Study{f.create("first", 10), f.create("First", 20)} {
			got, err := f.Store.Study(f.Context(), want.Name)
			f.must(err)
			f.same("study", got, want)
		}
		_, err := f.Store.Study(f.Context(), "second")
		f.fails("unknown name", err, study.ErrNotFound)
	}},
	{"another process sees the study", func(f *fixture) {
		want := f.create("first", 10)
		got, err := f.Another(f.T).Study(f.Context(), "first")
		f.must(err)
		f.same("study", got, want)
	}},
	{"a name that is taken is ErrExists, and changes nothing", func(f *fixture) {
		want := f.create("first", 10)
		_, err := f.Store.CreateStudy(f.Context(), study.Study{Name: "first", Spec: spec(), Budget: study.Budget{Trials: 99}})
		f.fails("same name", err, study.ErrExists)
		got, err := f.Store.Study(f.Context(), "first")
		f.must(err)
		f.same("study", got, want)
	}},
	{"a study that is not valid is not stored", func(f *fixture) {
		for _, s := range []study.Study{
			{Name: "no budget", Spec: spec()},
			{Name: "", Spec: spec(), Budget: study.Budget{Trials: 1}},
			{Name: "no-space", Spec: study.Spec{Sampler: study.Sampler{Name: "tpe"}}, Budget: study.Budget{Trials: 1}},
		} {
			if _, err := f.Store.CreateStudy(f.Context(), s); err == nil {
				f.Errorf("study %q was stored", s.Name)
			}
		}
		all, err := f.Store.Studies(f.Context())
		f.must(err)
		f.same("number of studies", len(all), 0)
	}},
	{"a specification reads back exactly", func(f *fixture) {
		want := spec()
		want.Space[0].Low, want.Space[0].High = -math.MaxFloat64, math.SmallestNonzeroFloat64
		want.Space[1].Low, want.Space[1].High = math.Copysign(0, -1), math.Copysign(0, -1)
		want.Objective = json.RawMessage(`{"seed":18446744073709551615,"rate":0.1000,"text":"<&> ü 語 \u0000"}`)
		_, err := f.Store.CreateStudy(f.Context(), study.Study{Name: "exact", Spec: want, Budget: study.Budget{Trials: 1}})
		f.must(err)
		got, err := f.Another(f.T).Study(f.Context(), "exact")
		f.must(err)
		f.same("specification", got.Spec, want)
		f.same("text of the objective", string(got.Spec.Objective), string(want.Objective))
	}},
	{"Studies returns all studies, oldest first", func(f *fixture) {
		var want []study.Study
		for _, name := range []string{"b", "c", "a"} {
			want = append(want, f.create(name, 1))
		}
		got, err := f.Store.Studies(f.Context())
		f.must(err)
		f.same("studies", got, want)
	}},
	{"SetBudget replaces the study's budget, or returns ErrNotFound", func(f *fixture) {
		s, other := f.create("first", 10), f.create("second", 10)
		f.must(f.Store.SetBudget(f.Context(), s.ID, study.Budget{Trials: 20}))
		f.must(f.Store.SetBudget(f.Context(), s.ID, study.Budget{Trials: 20})) // no change is no error
		s.Budget.Trials = 20
		for _, want := range []study.Study{s, other} {
			got, err := f.Store.Study(f.Context(), want.Name)
			f.must(err)
			f.same("study", got, want)
		}
		f.fails("unknown study", f.Store.SetBudget(f.Context(), 999, study.Budget{Trials: 1}), study.ErrNotFound)
		if err := f.Store.SetBudget(f.Context(), s.ID, study.Budget{}); err == nil {
			f.Error("a budget of 0 trials was stored")
		}
	}},
	{"a budget below the number of trials stops new ones and removes none", func(f *fixture) {
		s := f.create("first", 10)
		for number := range 3 {
			f.add(s, number)
		}
		f.must(f.Store.SetBudget(f.Context(), s.ID, study.Budget{Trials: 2}))
		_, _, err := f.Store.AddTrial(f.Context(), s.ID, newTrial(3), claim("ada"))
		f.fails("add beyond the budget", err, study.ErrBudget)
		f.same("trials", len(f.trials(s, study.Filter{})), 3)
		f.must(f.Store.SetBudget(f.Context(), s.ID, study.Budget{Trials: 4}))
		f.add(s, 3)
	}},
}
