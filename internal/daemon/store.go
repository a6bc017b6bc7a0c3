package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
)

// The environment variables that say where studies are kept.
const (
	storeVariable     = "GOAL_SEARCH_STORE"
	storeFileVariable = "GOAL_SEARCH_STORE_FILE" // the name of a file that says it
)

// ErrPasswordShown refuses a password that other users of the machine could
// read in the list of processes.
var ErrPasswordShown = fmt.Errorf("a password does not belong on the command line, where others can read it: "+
	"set $%s, or write the URL to a file and give its name as @FILE or in $%s", storeVariable, storeFileVariable)

// FindStore returns where studies are kept, as OpenStore takes it: at the
// given path or URL, or where the file says that is given as @FILE; else where
// the environment says; else in the user's data directory. A URL is
// one that can be read.
func FindStore(given string) (string, error) {
	where, err := findStore(given)
	if err == nil {
		err = sqlstore.CheckURL(where)
	}
	if err != nil {
		return "", err
	}
	return where, nil
}

func findStore(given string) (string, error) {
	if sqlstore.HasPassword(given) {
		return "", ErrPasswordShown
	}
	if file, ok := strings.CutPrefix(given, "@"); ok {
		return readStoreFile(file)
	}
	if given != "" {
		return given, nil
	}
	where, file := os.Getenv(storeVariable), os.Getenv(storeFileVariable)
	switch {
	case where != "" && file != "":
		return "", fmt.Errorf("$%s and $%s are both set: want one of them", storeVariable, storeFileVariable)
	case where != "":
		return where, nil
	case file != "":
		return readStoreFile(file)
	}
	return filepath.Join(xdg.DataHome, "goal-search", "studies.db"), nil
}

// readStoreFile returns the one line of a file.
func readStoreFile(name string) (string, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("read where the store is: %w", err)
	}
	where := strings.TrimSpace(string(content))
	if where == "" || strings.ContainsAny(where, "\r\n") {
		return "", fmt.Errorf("%s: want one line, the path or the URL of the store", name)
	}
	return where, nil
}

// StoreName is where a store is without its password, for output.
func StoreName(where string) string { return sqlstore.Redact(where) }

// OpenStore opens the store at that path or URL. It makes a file that is not
// there, with the folders above it.
func OpenStore(ctx context.Context, where string) (study.Store, error) {
	return open(ctx, where)
}

// openToServe is OpenStore of a server, which logs what becomes of trials that take
// its workers with them.
func openToServe(ctx context.Context, where string, log *slog.Logger) (store study.Store, err error) {
	store, err = open(ctx, where, sqlstore.OnPoisoned(func(studyID int64, number int) {
		s, err := store.StudyByID(ctx, studyID)
		if err != nil {
			s.Name = fmt.Sprint(studyID)
		}
		log.Warn("a trial has failed that took too many workers with it", "study", s.Name, "trial", number)
	}))
	return store, err
}

// OpenExistingStore opens the store for reading only, or returns
// study.ErrNotFound when there is none. One of an older version it brings up to
// date first.
func OpenExistingStore(ctx context.Context, where string) (study.Store, error) {
	store, err := open(ctx, where, sqlstore.ReadOnly())
	if !errors.Is(err, study.ErrOlderSchema) {
		return store, err
	}
	upgraded, err := open(ctx, where)
	if err != nil {
		return nil, err
	}
	if err := upgraded.Close(); err != nil {
		return nil, err
	}
	return open(ctx, where, sqlstore.ReadOnly())
}

func open(ctx context.Context, where string, options ...sqlstore.Option) (study.Store, error) {
	store, err := sqlstore.Open(ctx, where, options...)
	if err != nil {
		return nil, err // not a Store that holds a nil *sqlstore.Store
	}
	return store, nil
}
