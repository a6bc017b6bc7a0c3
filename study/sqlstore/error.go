package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/goal-search/goal-search/study"
)

// contract are the errors that tell what a study's state does not allow.
var contract = []error{
	study.ErrNotFound, study.ErrExists, study.ErrNumberTaken, study.ErrBudget, study.ErrNoTrial,
	study.ErrLeaseLost, study.ErrTransition, study.ErrConflict,
}

func isContract(err error) bool {
	for _, e := range contract {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// describe says which act failed, and as which of the contract's errors.
func describe(ctx context.Context, act string, err error) error {
	if ended := ctx.Err(); ended != nil && !isContract(err) {
		return fmt.Errorf("%s: %w", act, ended)
	}
	if kind := kindOf(err); kind != nil && !errors.Is(err, kind) {
		return fmt.Errorf("%s: %w: %w", act, kind, err)
	}
	return fmt.Errorf("%s: %w", act, err)
}

// kindOf returns the study's error that err amounts to; nil: none.
func kindOf(err error) error {
	var e *sqlite.Error
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return study.ErrFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return study.ErrReadOnly
	case errors.As(err, &e):
		return kindOfCode(e.Code())
	}
	return nil
}

// kindOfCode knows SQLite's result codes: the low byte is the kind of error.
func kindOfCode(code int) error {
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

// isDuplicate tells whether err is the violation of a unique key.
func isDuplicate(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) &&
		(e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
