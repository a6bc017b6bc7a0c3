package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/goal-search/goal-search/api/client"
	"github.com/goal-search/goal-search/internal/coordinator"
	"github.com/goal-search/goal-search/internal/daemon"
	"github.com/goal-search/goal-search/study"
)

// where finds the store that the user means.
func (a *app) where() (string, error) { return findStore("--store", a.store) }

// findStore finds the store that a flag names.
func findStore(flag, given string) (string, error) {
	where, err := daemon.FindStore(given)
	if err != nil {
		return "", usageError("%s: %w", flag, err)
	}
	return where, nil
}

// makeStore opens the store, and makes it when there is none.
func (a *app) makeStore(ctx context.Context) (study.Store, error) {
	where, err := a.where()
	if err != nil {
		return nil, err
	}
	return daemon.OpenStore(ctx, where)
}

// sweep lets nothing run or wait for ever in a study of a store that has ended. A
// server does so itself.
func sweep(ctx context.Context, k keeper) error {
	store, ok := k.(study.Store)
	if !ok {
		return nil
	}
	_, err := coordinator.ReleaseAbandoned(ctx, store, daemon.NoLostMax)
	return err
}

// keeper keeps studies, as far as most commands care: a store, or a server.
type keeper interface {
	CreateStudy(ctx context.Context, s study.Study) (study.Study, error)
	Study(ctx context.Context, name string) (study.Study, error)
	Studies(ctx context.Context) ([]study.Study, error)
	SetBudget(ctx context.Context, studyID int64, b study.Budget) error
	SetStudyState(ctx context.Context, studyID int64, next study.StudyState, reason string) error
	EnqueueTrial(ctx context.Context, studyID int64, p study.Parameters, seed uint64) (study.Trial, error)
	StopTrial(ctx context.Context, studyID int64, number int, reason string) (study.Trial, error)
	DeleteTrial(ctx context.Context, studyID int64, number int) (study.Trial, error)
	Trial(ctx context.Context, studyID int64, number int) (study.Trial, error)
	Trials(ctx context.Context, studyID int64, f study.Filter) ([]study.Trial, error)
	Counts(ctx context.Context, studyID int64) (study.Counts, error)
	Measurements(ctx context.Context, studyID int64, number int) ([]study.Measurement, error)
	RenameStudy(ctx context.Context, studyID int64, name string) (study.Study, error)
	DeleteStudy(ctx context.Context, studyID int64) error
	Histories(ctx context.Context, studyID int64, each func(study.History) error) error
	ImportStudy(ctx context.Context, s study.Study, trials func(add func(study.History) error) error) (study.Study, error)
	Close() error
}

// openStudy opens where studies are kept and finds the one that the user
// means: the one named by --study, else the latest. The caller closes it.
func (a *app) openStudy(ctx context.Context) (keeper, study.Study, error) {
	k, err := a.openKeeper(ctx)
	if err != nil {
		return nil, study.Study{}, err
	}
	s, err := a.findStudy(ctx, k)
	if err != nil {
		return nil, s, errors.Join(err, k.Close())
	}
	return k, s, nil
}

// openKeeper returns the server, if there is one, or the store for reading.
func (a *app) openKeeper(ctx context.Context) (keeper, error) {
	if a.remote.Address != "" {
		return a.dial()
	}
	return a.openStore(ctx)
}

// makeKeeper returns the server, if there is one, or the store for writing.
func (a *app) makeKeeper(ctx context.Context) (keeper, error) {
	if a.remote.Address != "" {
		return a.dial()
	}
	return a.makeStore(ctx)
}

// dial returns a client of the server.
func (a *app) dial() (*client.Client, error) {
	config, err := a.remote.Config(slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, exitError{exitUsage, err}
	}
	if a.store != "" {
		return nil, usageError("--store and a server, %s: want one of them", a.remote.Address)
	}
	var once sync.Once
	config.Tried = func(err error) {
		if err != nil && !client.Lasts(err) {
			once.Do(func() { fmt.Fprintf(a.stderr, "Waiting for server %s ...\n", a.remote.Address) })
		}
	}
	return client.New(a.remote.Address, config)
}

func (a *app) openStore(ctx context.Context) (study.Store, error) {
	where, err := a.where()
	if err != nil {
		return nil, err
	}
	store, err := daemon.OpenExistingStore(ctx, where)
	if errors.Is(err, study.ErrNotFound) {
		return nil, notFoundError("no studies yet in %s\nMake one with: goal-search start", daemon.StoreName(where))
	}
	return store, err
}

// place says where studies are kept, for people.
func (a *app) place() (name, where string, err error) {
	if a.remote.Address != "" {
		return "server", a.remote.Address, nil
	}
	where, err = a.where()
	return "store", daemon.StoreName(where), err
}

func (a *app) findStudy(ctx context.Context, store keeper) (study.Study, error) {
	if a.study != "" {
		s, err := store.Study(ctx, a.study)
		if errors.Is(err, study.ErrNotFound) {
			return s, a.noStudy(ctx, store)
		}
		return s, err
	}
	all, err := store.Studies(ctx)
	if err != nil {
		return study.Study{}, err
	}
	if len(all) == 0 {
		return study.Study{}, notFoundError("no studies yet\nMake one with: goal-search start")
	}
	return all[len(all)-1], nil
}

// namesShown bounds how many studies an error names.
const namesShown = 8

// noStudy says which studies there are, the latest first.
func (a *app) noStudy(ctx context.Context, store keeper) error {
	all, err := store.Studies(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return notFoundError("no study %q: there is none yet\nMake one with: goal-search start", a.study)
	}
	var names []string
	for i := len(all) - 1; i >= 0 && len(names) < namesShown; i-- {
		names = append(names, all[i].Name)
	}
	if len(all) > namesShown {
		names = append(names, "…")
	}
	return notFoundError("no study %q: there are %s", a.study, strings.Join(names, ", "))
}

// storeFlag is what a command line needs to find the same studies again.
func (a *app) storeFlag() string {
	switch {
	case a.remote.Address != "":
		return " --server " + shellQuote(a.remote.Address)
	case a.store != "":
		return " --store " + shellQuote(a.store)
	}
	return ""
}

// shellQuote quotes text for a shell where that is needed.
func shellQuote(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@%+", r)
	}
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
