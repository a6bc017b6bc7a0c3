package fetch

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type tarEntry struct {
	name    string
	content []byte
	kind    byte // 0 means a plain file
}

// tarred returns a gzipped tar file.
func tarred(t testing.TB, entries ...tarEntry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Mode: 0o777, Size: int64(len(e.content)), Typeflag: tar.TypeReg}
		if e.kind != 0 {
			header.Typeflag, header.Size, header.Linkname = e.kind, 0, string(e.content)
			e.content = nil
		}
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestExtractRefuses(t *testing.T) {
	good := tarred(t, tarEntry{name: "b", content: contentB})
	bomb := tarred(t, tarEntry{name: "zeros", content: make([]byte, spareBytes+1<<20)}, tarEntry{name: "b", content: contentB})
	for _, tc := range []struct {
		name    string
		archive []byte
		want    string
	}{
		{"a link", tarred(t, tarEntry{name: "b", content: []byte("/etc/passwd"), kind: tar.TypeSymlink}), "its b is not a plain file"},
		{"a folder", tarred(t, tarEntry{name: "b", kind: tar.TypeDir}), "its b is not a plain file"},
		{"another size", tarred(t, tarEntry{name: "b", content: contentB[1:]}), "its b has 2000 bytes: want 2001"},
		{"an entry twice", tarred(t, tarEntry{name: "b", content: contentB}, tarEntry{name: "x/b", content: contentB}), "it holds b twice"},
		{"no entry", tarred(t, tarEntry{name: "c", content: contentB}), "it does not hold b"},
		{"a bomb", bomb, "far more than what is wanted"},
		{"a broken sum", append(bytes.Clone(good[:len(good)-8]), 0, 0, 0, 0, 0, 0, 0, 0), "checksum"},
		{"no tar", zipped(t, bytes.Repeat([]byte("x"), 2_000)), "tar"},
		{"empty", nil, "not gzipped"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "archive")
			writeFiles(t, filepath.Dir(path), map[string][]byte{"archive": tc.archive})
			err := Extract(t.Context(), path, t.TempDir(), []Entry{{"b", int64(len(contentB))}})
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("%v, want %q and the path", err, tc.want)
			}
		})
	}
}

func TestExtractStaysInItsFolder(t *testing.T) {
	outside := t.TempDir()
	dir := filepath.Join(outside, "inside")
	writeFiles(t, dir, map[string][]byte{"keep": nil})
	archive := tarred(t,
		tarEntry{name: "../evil", content: []byte("x")},
		tarEntry{name: "../../b", content: contentB},
		tarEntry{name: "/abs/c", content: contentC},
	)
	err := extract(t.Context(), bytes.NewReader(archive), dir, []Entry{{"b", int64(len(contentB))}, {"c", int64(len(contentC))}})
	if err != nil {
		t.Fatal(err)
	}
	wantFile(t, filepath.Join(dir, "b"), contentB)
	wantFile(t, filepath.Join(dir, "c"), contentC)
	if entries, _ := os.ReadDir(outside); len(entries) != 1 {
		t.Errorf("beside the folder lie %v", entries)
	}
	if info, err := os.Stat(filepath.Join(dir, "b")); err != nil || info.Mode().Perm()&0o111 != 0 {
		t.Errorf("b is %v, %v; want no mode of the archive's", info.Mode(), err)
	}
}

// FuzzExtract wants no panic, no file but the entries, and those of their size.
func FuzzExtract(f *testing.F) {
	f.Add(tarred(f, tarEntry{name: "folder/b", content: contentB[:9]}))
	f.Add(tarred(f, tarEntry{name: "../b", content: contentB[:9]}, tarEntry{name: "../../evil", content: contentB}))
	f.Add([]byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, archive []byte) {
		dir := t.TempDir()
		err := extract(context.Background(), bytes.NewReader(archive), dir, []Entry{{"b", 9}})
		entries, _ := os.ReadDir(dir)
		if len(entries) > 1 || len(entries) == 1 && entries[0].Name() != "b" {
			t.Errorf("unpacked %v, want at most b", entries)
		}
		if info, stat := os.Stat(filepath.Join(dir, "b")); err == nil && (stat != nil || info.Size() != 9) {
			t.Errorf("unpacked without error, but b is %v, %v", info, stat)
		}
	})
}
