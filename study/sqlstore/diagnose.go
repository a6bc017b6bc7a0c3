package sqlstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/goal-search/goal-search/study"
)

// tellMore finds out what two of SQLite's results on opening a file mean.
func tellMore(path string, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CANTOPEN:
		if reason := tryToWrite(filepath.Dir(path)); reason != nil {
			return fmt.Errorf("%w: %w", err, reason)
		}
	case sqlite3.SQLITE_NOTADB:
		if beginsAsDatabase(path) {
			return fmt.Errorf("%w: %s", study.ErrCorrupt, err) //nolint:errorlint // wrapped, it would count as no database at all
		}
	}
	return err
}

// tryToWrite returns why no file can be made in a folder: SQLite does not
// say, and needs files beside the database.
func tryToWrite(folder string) error {
	f, err := os.CreateTemp(folder, ".goal-search-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// beginsAsDatabase tells whether the file was an SQLite database once.
func beginsAsDatabase(path string) bool {
	const magic = "SQLite format 3\x00"
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(magic))
	_, err = io.ReadFull(f, head)
	return err == nil && bytes.Equal(head, []byte(magic))
}
