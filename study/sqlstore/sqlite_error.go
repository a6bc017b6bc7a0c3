package sqlstore

import (
	"errors"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/goal-search/goal-search/study"
)

func kindOfSQLite(err error) error {
	var e *sqlite.Error
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return study.ErrFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return study.ErrReadOnly
	case errors.As(err, &e):
		return kindOfSQLiteCode(e.Code())
	}
	return nil
}

// kindOfSQLiteCode knows SQLite's result codes: the low byte is the kind of
// error.
func kindOfSQLiteCode(code int) error {
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return study.ErrLocked
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return study.ErrReadOnly
	case sqlite3.SQLITE_FULL:
		return study.ErrFull
	case sqlite3.SQLITE_CORRUPT:
		return study.ErrCorrupt
	case sqlite3.SQLITE_NOTADB:
		return study.ErrNotStore
	}
	return nil
}

func isSQLiteDuplicate(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) &&
		(e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
