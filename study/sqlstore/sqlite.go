package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"modernc.org/sqlite"

	"github.com/goal-search/goal-search/study"
)

// sqliteApplicationID marks our files: "goal" in ASCII.
const sqliteApplicationID = 0x676f616c

// sqliteNow reads SQLite's clock, which has milliseconds, in microseconds.
const sqliteNow = `SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000`

// Bounds on what a process holds open and on how it waits for others that
// open the same new file; SQLite does not wait there by itself.
const (
	readersMax    = 4
	walTries      = 100
	walPauseFirst = time.Millisecond
	walPauseMax   = 50 * time.Millisecond
)

func openSQLite(ctx context.Context, path string, o options) (*Store, error) {
	if path == "" {
		return nil, errors.New("no path given")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	isNew, err := prepareFile(path, o.readOnly)
	if err != nil {
		return nil, err
	}
	// Half the time of a commit where fsync also waits for the file's
	// timestamps, and as durable. An error means that there is no such call.
	_, _ = sqlite.Fdatasync(true)
	s := &Store{where: path, clock: o.clock}
	if s.writer, err = connectSQLite(path, o, "immediate", 1); err != nil {
		return nil, err
	}
	if s.reader, err = connectSQLite(path, o, "deferred", readersMax); err != nil {
		return nil, errors.Join(err, s.writer.Close())
	}
	if err := s.setUpSQLite(ctx, o, isNew); err != nil {
		return nil, errors.Join(tellMore(path, err), s.reader.Close(), s.writer.Close())
	}
	return s, nil
}

// prepareFile makes the folder for a new database and tells whether the file
// is yet to be made.
func prepareFile(path string, readOnly bool) (isNew bool, err error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return false, fmt.Errorf("%w: it is not a regular file", study.ErrNotStore)
	case err == nil || !errors.Is(err, fs.ErrNotExist):
		return false, err
	case readOnly:
		return false, fmt.Errorf("%w: there is no such file", study.ErrNotFound)
	}
	return true, makeFolder(filepath.Dir(path))
}

// makeFolder is os.MkdirAll whose result survives a power cut.
func makeFolder(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := makeFolder(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(parent)
}

func syncFolder(dir string) error {
	if runtime.GOOS == "windows" { // where a folder cannot be synced
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// connectSQLite returns connections that begin their transactions as mode
// says. It does not look at the file yet.
func connectSQLite(path string, o options, mode string, connections int) (*sql.DB, error) {
	q := url.Values{
		"_busy_timeout": {fmt.Sprint(o.busyTimeout.Milliseconds())},
		"_foreign_keys": {"on"},
		"_synchronous":  {"FULL"},
		"_txlock":       {mode},
		"_dqs":          {"false"},
		"_defensive":    {"true"},
		"_error_rc":     {"true"},
	}
	if o.readOnly {
		q.Set("mode", "ro")
	}
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") { // C:/… on Windows
		slashed = "/" + slashed
	}
	uri := url.URL{Scheme: "file", Path: slashed, RawQuery: q.Encode()}
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// setUpSQLite recognises the file before it changes anything in it.
func (s *Store) setUpSQLite(ctx context.Context, o options, isNew bool) error {
	version, err := sqliteSchema(ctx, s.writer)
	if err != nil {
		return err
	}
	latest := len(o.migrations)
	switch {
	case version > latest:
		return fmt.Errorf("%w: its schema has version %d, this one knows versions up to %d", study.ErrNewerSchema, version, latest)
	case version == latest:
		return nil
	case o.readOnly:
		return fmt.Errorf("%w: its schema has version %d and must first be brought to %d", study.ErrReadOnly, version, latest)
	case isNew:
		// Not by opening the file: closing it would end SQLite's locks in this process.
		if err := os.Chmod(s.where, 0o600); err != nil {
			return err
		}
	}
	if err := s.switchToWAL(ctx); err != nil {
		return err
	}
	return migrateSQLite(ctx, s.writer, o.migrations)
}

// switchToWAL makes the file one with a write-ahead log, which stays so.
func (s *Store) switchToWAL(ctx context.Context) error {
	pause := walPauseFirst
	for try := 1; ; try++ {
		var mode string
		err := s.writer.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
		switch {
		case err == nil && mode == "wal":
			return nil
		case err == nil:
			return fmt.Errorf("the file system has no write-ahead log: the journal's mode is %q", mode)
		case !errors.Is(kindOf(err), study.ErrLocked) || try == walTries:
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
		pause = min(2*pause, walPauseMax)
	}
}

// sqliteSchema returns the version of the file's schema, 0 when it is empty.
func sqliteSchema(ctx context.Context, db querier) (int, error) {
	var application, version, objects int
	err := db.QueryRowContext(ctx, `SELECT
		(SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version),
		(SELECT count(*) FROM sqlite_schema)`).Scan(&application, &version, &objects)
	switch {
	case err != nil:
		return 0, err
	case application == sqliteApplicationID && version > 0:
		return version, nil
	case application == 0 && version == 0 && objects == 0:
		return 0, nil
	}
	return 0, fmt.Errorf("%w: it is a database of another application", study.ErrNotStore)
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}
