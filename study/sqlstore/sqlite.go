package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"

	"github.com/goal-search/goal-search/study"
)

// Bounds on what a process holds open and on how it waits for others that
// open the same new file; SQLite does not wait there by itself.
const (
	sqliteReadersMax = 4
	walTries         = 100
	walPauseFirst    = time.Millisecond
	walPauseMax      = 50 * time.Millisecond
)

func openSQLite(ctx context.Context, s *Store, path string, o options) error {
	if path == "" {
		return errors.New("no path given")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	isNew, err := prepareFile(path, o.readOnly)
	if err != nil {
		return err
	}
	// Half the time of a commit where fsync also waits for the file's
	// timestamps, and as durable. An error means that there is no such call.
	_, _ = sqlite.Fdatasync(true)
	s.where = path
	if s.writer, err = connectSQLite(path, o, "immediate", 1); err != nil {
		return err
	}
	if s.reader, err = connectSQLite(path, o, "deferred", sqliteReadersMax); err != nil {
		return errors.Join(err, s.writer.Close())
	}
	if err := s.setUpSQLite(ctx, o, isNew); err != nil {
		return errors.Join(tellMore(path, err), s.reader.Close(), s.writer.Close())
	}
	return nil
}

// connectSQLite returns connections that begin their transactions as mode
// says. It does not look at the file yet.
func connectSQLite(path string, o options, mode string, connections int) (*sql.DB, error) {
	q := url.Values{
		"_busy_timeout": {fmt.Sprint(o.patience.Milliseconds())},
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
	upToDate, err := checkVersion(version, o)
	if err != nil || upToDate {
		return err
	}
	if isNew {
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
		case !errors.Is(kindOfSQLite(err), study.ErrLocked) || try == walTries:
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
