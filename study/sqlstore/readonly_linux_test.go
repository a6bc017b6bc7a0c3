package sqlstore

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/goal-search/goal-search/study"
)

// asNobody runs f without root's right to write everywhere. Only this thread
// loses it.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Getuid() != 0 {
		f()
		return
	}
	const nobody = 65534
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := syscall.Setfsuid(nobody); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setfsuid(0); err != nil {
			t.Fatal(err)
		}
	}()
	f()
}

func TestFolderThatCannotBeWritten(t *testing.T) {
	folder := t.TempDir()
	openUp(t, folder)
	if err := os.Chmod(folder, 0o555); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(folder, "store.db"), filepath.Join(folder, "a", "store.db")} {
		asNobody(t, func() {
			_, err := Open(t.Context(), path)
			wantFault(t, err, study.ErrReadOnly, "open store", path)
		})
	}
}

func TestFileThatCannotBeWritten(t *testing.T) {
	store, s := newStore(t)
	fill(t, store, s, 0, 1)
	path := store.where
	openUp(t, filepath.Dir(path))
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Chmod(name, 0o444); err != nil {
			t.Fatal(err)
		}
	}
	asNobody(t, func() {
		readOnly, err := Open(t.Context(), path)
		if err == nil { // it can be read; the first write says so
			defer readOnly.Close()
			_, _, err = readOnly.AddTrial(t.Context(), s.ID, study.Trial{Number: 1}, aClaim)
			wantFault(t, err, study.ErrReadOnly, "add trial", path)
			return
		}
		wantFault(t, err, study.ErrReadOnly, "open store", path)
	})
}

// openUp lets others reach the folder of a test.
func openUp(t *testing.T, folder string) {
	t.Helper()
	for ; folder != os.TempDir() && folder != "/"; folder = filepath.Dir(folder) {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
