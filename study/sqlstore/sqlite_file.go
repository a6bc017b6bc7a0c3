package sqlstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/goal-search/goal-search/study"
)

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
