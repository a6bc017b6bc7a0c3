// Package vectors gives tests the reference numbers that were computed with
// the authors' own code.
//
// The files are committed gzipped. $GOAL_SEARCH_VECTORS names another folder
// of the same files (plain .json, and .bin.gz for the traces) to test against.
package vectors

import (
	"compress/gzip"
	"embed"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
)

//go:embed testdata
var committed embed.FS

// Load decodes the file of that name, such as "goals.json", into v.
func Load(t testing.TB, name string, v any) {
	t.Helper()
	if err := json.Unmarshal(read(t, name, name+".gz"), v); err != nil {
		t.Fatalf("vectors: decode %s: %v", name, err)
	}
}

// Binary returns the unpacked bytes of the trace of that name, such as
// "trace_init.bin".
func Binary(t testing.TB, name string) []byte {
	t.Helper()
	return read(t, name+".gz", name+".gz")
}

// read returns the unpacked content of the named file of the user's folder,
// or else of the committed one.
func read(t testing.TB, own, packed string) []byte {
	t.Helper()
	file, err := open(own, packed)
	if err != nil {
		t.Fatalf("vectors: %v", err)
	}
	defer file.Close()
	var content io.Reader = file
	if folder := os.Getenv("GOAL_SEARCH_VECTORS"); folder == "" || filepath.Ext(own) == ".gz" {
		if content, err = gzip.NewReader(file); err != nil {
			t.Fatalf("vectors: unpack %s: %v", packed, err)
		}
	}
	all, err := io.ReadAll(content)
	if err != nil {
		t.Fatalf("vectors: read %s: %v", own, err)
	}
	return all
}

func open(own, packed string) (io.ReadCloser, error) {
	if folder := os.Getenv("GOAL_SEARCH_VECTORS"); folder != "" {
		return os.Open(filepath.Join(folder, own))
	}
	return committed.Open("testdata/" + packed)
}
