package storetest

import (
	"time"

	"github.com/goal-search/goal-search/study"
)

var workerRules = []rule{
	{"RegisterWorker keeps what the worker says of itself, and when", func(f *fixture) {
		ada := study.Worker{Name: "ada:1", Version: "v1", KernelPath: "avx2", Slots: 8, Labels: map[string]string{"pool": "night"}}
		first, err := f.Store.RegisterWorker(f.Context(), ada)
		f.must(err)
		ada.CreatedAt, ada.LastSeenAt = first.CreatedAt, first.CreatedAt
		f.same("registered", first, ada)
		f.Advance(time.Hour)
		ada.Version, ada.Slots, ada.Labels = "v2", 4, nil
		second, err := f.Store.RegisterWorker(f.Context(), ada)
		f.must(err)
		ada.LastSeenAt = first.CreatedAt.Add(time.Hour)
		f.same("again", second, ada)
		f.same("all", f.workers(), []study.Worker{ada})
	}},
	{"a worker that cannot be is refused", func(f *fixture) {
		for _, w := range []study.Worker{{Name: "", Slots: 1}, {Name: "a b", Slots: 1}, {Name: "ada"}, {Name: "ada", Slots: 1, Labels: map[string]string{"": "x"}}} {
			if _, err := f.Store.RegisterWorker(f.Context(), w); err == nil {
				f.Errorf("registered %+v", w)
			}
		}
		f.same("workers", len(f.workers()), 0)
	}},
	{"a drained worker stays so when it is seen, until it registers again", func(f *fixture) {
		_, err := f.Store.RegisterWorker(f.Context(), study.Worker{Name: "ada", Slots: 1})
		f.must(err)
		drained, err := f.Store.DrainWorker(f.Context(), "ada")
		f.must(err)
		f.same("drained", drained.Draining, true)
		f.Advance(time.Minute)
		seen, err := f.Another(f.T).SeeWorker(f.Context(), "ada")
		f.must(err)
		f.same("seen", []any{seen.Draining, seen.LastSeenAt}, []any{true, drained.LastSeenAt.Add(time.Minute)})
		again, err := f.Store.RegisterWorker(f.Context(), study.Worker{Name: "ada", Slots: 1})
		f.must(err)
		f.same("again", again.Draining, false)
	}},
	{"an unknown worker is ErrNotFound", func(f *fixture) {
		_, err := f.Store.SeeWorker(f.Context(), "ada")
		f.fails("see", err, study.ErrNotFound)
		_, err = f.Store.DrainWorker(f.Context(), "ada")
		f.fails("drain", err, study.ErrNotFound)
	}},
	{"Workers are sorted by name", func(f *fixture) {
		for _, name := range []string{"eve", "ada", "bob"} {
			_, err := f.Store.RegisterWorker(f.Context(), study.Worker{Name: name, Slots: 1})
			f.must(err)
		}
		var names []string
		for _, w := range f.workers() {
			names = append(names, w.Name)
		}
		f.same("names", names, []string{"ada", "bob", "eve"})
	}},
}

func (f *fixture) workers() []study.Worker {
	f.Helper()
	all, err := f.Store.Workers(f.Context())
	f.must(err)
	return all
}
