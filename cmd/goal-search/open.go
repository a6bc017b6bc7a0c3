package main

import (
	"context"
	"errors"
	"strings"

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

// openStudy opens the store and finds the study that the user means: the one
// named by --study, else the latest. The caller closes the store.
func (a *app) openStudy(ctx context.Context) (study.Store, study.Study, error) {
	store, err := a.openStore(ctx)
	if err != nil {
		return nil, study.Study{}, err
	}
	s, err := a.findStudy(ctx, store)
	if err != nil {
		return nil, s, errors.Join(err, store.Close())
	}
	return store, s, nil
}

func (a *app) openStore(ctx context.Context) (study.Store, error) {
	where, err := a.where()
	if err != nil {
		return nil, err
	}
	store, err := daemon.OpenExistingStore(ctx, where)
	if errors.Is(err, study.ErrNotFound) {
		return nil, notFoundError("no studies yet: %s does not exist\nMake one with: goal-search start", daemon.StoreName(where))
	}
	return store, err
}

func (a *app) findStudy(ctx context.Context, store study.Store) (study.Study, error) {
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
func (a *app) noStudy(ctx context.Context, store study.Store) error {
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

// storeFlag is what a command line needs to find the same store again.
func (a *app) storeFlag() string {
	if a.store == "" {
		return ""
	}
	return " --store " + shellQuote(a.store)
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
