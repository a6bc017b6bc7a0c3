package daemon

import (
	"context"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
)

// StorePath returns the path of the embedded store: the given one, else that
// of $GOAL_SEARCH_STORE, else the one in the user's data directory.
func StorePath(path string) string {
	if path == "" {
		path = os.Getenv("GOAL_SEARCH_STORE")
	}
	if path == "" {
		path = filepath.Join(xdg.DataHome, "goal-search", "studies.db")
	}
	return path
}

// OpenStore opens the store at that path and makes it, with the folders above
// it, when it is not there.
func OpenStore(ctx context.Context, path string) (study.Store, error) {
	return open(ctx, path)
}

// OpenExistingStore opens the store at that path for reading only, or returns
// study.ErrNotFound when there is none.
func OpenExistingStore(ctx context.Context, path string) (study.Store, error) {
	return open(ctx, path, sqlstore.ReadOnly())
}

func open(ctx context.Context, path string, options ...sqlstore.Option) (study.Store, error) {
	store, err := sqlstore.Open(ctx, path, options...)
	if err != nil {
		return nil, err // not a Store that holds a nil *sqlstore.Store
	}
	return store, nil
}
