package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The bundle of these tests has two files, "a" gzipped by itself and an archive
// of "b" and "c"; each begins with its name, which is what Check asks for.
var (
	contentA = append([]byte("a"), pattern(3_000)...)
	contentB = append([]byte("b"), pattern(2_000)...)
	contentC = append([]byte("c"), pattern(1_000)...)
)

func testArchive(t testing.TB) []byte {
	return tarred(t, tarEntry{name: "folder/b", content: contentB}, tarEntry{name: "folder/readme", content: []byte("x")}, tarEntry{name: "folder/c", content: contentC})
}

func testBundle(t testing.TB, base string) Bundle {
	a, bc := zipped(t, contentA), testArchive(t)
	return Bundle{
		Name: "test",
		Dir:  filepath.Join(t.TempDir(), "test"),
		Downloads: []Download{
			{File: File{Name: "a.gz", URLs: []string{base + "/a.gz"}, MD5: md5Of(a)}, Holds: []Entry{{"a", int64(len(contentA))}}},
			{File: File{Name: "bc.tar.gz", URLs: []string{base + "/bc.tar.gz"}, MD5: md5Of(bc)}, Archive: true,
				Holds: []Entry{{"b", int64(len(contentB))}, {"c", int64(len(contentC))}}},
		},
		Check: checkTest,
	}
}

// checkTest wants a file, gzipped or not, that begins with its name; originals
// are those whose content is the bundle's own.
func checkTest(name, path string) (bool, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	if r, err := gzip.NewReader(bytes.NewReader(content)); err == nil {
		var plain bytes.Buffer
		if _, err := plain.ReadFrom(r); err != nil {
			return false, fmt.Errorf("%s: %w", path, err)
		}
		content = plain.Bytes()
	}
	if !bytes.HasPrefix(content, []byte(name)) {
		return false, fmt.Errorf("%s: it is not %s", path, name)
	}
	return bytes.Equal(content, contentA), nil
}

func zipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// newFiles starts a server of the files by their paths.
func newFiles(t testing.TB, files map[string][]byte) *mirror {
	return newMirror(t, nil, func(w http.ResponseWriter, r *http.Request) {
		content, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		serve(w, r, content)
	})
}

func writeFiles(t testing.TB, dir string, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// describeReports prints reports as "name from source, original" lines without
// the part of paths that changes from run to run.
func describeReports(reports []Report, cut ...string) string {
	var lines []string
	for _, r := range reports {
		lines = append(lines, fmt.Sprintf("%s %s %s %v", r.Name, r.Path, r.Source, r.Original))
	}
	text := strings.Join(lines, "\n")
	for _, c := range cut {
		text = strings.ReplaceAll(text, c, "")
	}
	return text
}

func TestFetchFromTheMirrors(t *testing.T) {
	m := newFiles(t, map[string][]byte{"/a.gz": zipped(t, contentA), "/bc.tar.gz": testArchive(t)})
	b := testBundle(t, m.URL)
	seen := map[string]int64{}
	reports, err := quick().Fetch(t.Context(), b, "", func(name string, done, total int64) { seen[name] = done })
	if err != nil {
		t.Fatal(err)
	}
	want := "a /a.gz /a.gz true\nb /b /bc.tar.gz true\nc /c /bc.tar.gz true"
	if got := describeReports(reports, b.Dir, m.URL); got != want {
		t.Errorf("reports\n%s\nwant\n%s", got, want)
	}
	wantFile(t, filepath.Join(b.Dir, "a.gz"), zipped(t, contentA))
	wantFile(t, filepath.Join(b.Dir, "b"), contentB)
	wantFile(t, filepath.Join(b.Dir, "c"), contentC)
	wantNone(t, filepath.Join(b.Dir, "bc.tar.gz"))
	if len(seen) != 2 || seen["bc.tar.gz"] != int64(len(testArchive(t))) {
		t.Errorf("progress %v", seen)
	}

	reports, err = quick().Fetch(t.Context(), b, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	want = "a /a.gz present true\nb /b present false\nc /c present false"
	if got := describeReports(reports, b.Dir); got != want || len(m.asked()) != 2 {
		t.Errorf("again, with %d requests: reports\n%s\nwant\n%s", len(m.asked()), got, want)
	}
}

func TestFetchReplacesWhatIsWrong(t *testing.T) {
	m := newFiles(t, map[string][]byte{"/a.gz": zipped(t, contentA), "/bc.tar.gz": testArchive(t)})
	b := testBundle(t, m.URL)
	writeFiles(t, b.Dir, map[string][]byte{"a": []byte("broken"), "b": contentB, "c": []byte("wrong")})
	b.Check = func(name, path string) (bool, error) {
		if original, err := checkTest(name, path); err != nil || name == "a" && !original {
			return false, errors.New("broken")
		}
		return false, nil
	}
	if _, err := quick().Fetch(t.Context(), b, "", nil); err != nil {
		t.Fatal(err)
	}
	wantNone(t, filepath.Join(b.Dir, "a")) // a reader would find it before a.gz
	wantFile(t, filepath.Join(b.Dir, "a.gz"), zipped(t, contentA))
	wantFile(t, filepath.Join(b.Dir, "c"), contentC)
}

func TestFetchFromElsewhere(t *testing.T) {
	repacked := append(zipped(t, contentA[:100]), zipped(t, contentA[100:])...) // another MD5, the same content
	archive := testArchive(t)
	other := tarred(t, tarEntry{name: "b", content: contentB}, tarEntry{name: "c", content: contentC})
	for _, tc := range []struct {
		name  string
		files map[string][]byte
		want  string
	}{
		{"as the mirrors have it", map[string][]byte{"/a.gz": zipped(t, contentA), "/bc.tar.gz": archive},
			"a /a.gz /a.gz true\nb /b /bc.tar.gz true\nc /c /bc.tar.gz true"},
		{"compressed otherwise", map[string][]byte{"/a.gz": repacked, "/bc.tar.gz": other},
			"a /a.gz /a.gz true\nb /b /bc.tar.gz false\nc /c /bc.tar.gz false"},
		{"plain, with other content", map[string][]byte{"/a": []byte("a!"), "/bc.tar.gz": other},
			"a /a /a false\nb /b /bc.tar.gz false\nc /c /bc.tar.gz false"},
	} {
		t.Run("URL/"+tc.name, func(t *testing.T) {
			m := newFiles(t, tc.files)
			b := testBundle(t, "http://192.0.2.1")
			reports, err := quick().Fetch(t.Context(), b, m.URL+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := describeReports(reports, b.Dir, m.URL); got != tc.want {
				t.Errorf("reports\n%s\nwant\n%s", got, tc.want)
			}
			wantNoPart(t, b.Dir)
		})
		for _, sub := range []string{"", "test", "test/x-bin"} {
			t.Run("folder/"+tc.name+"/"+sub, func(t *testing.T) {
				from := t.TempDir()
				writeFiles(t, filepath.Join(from, sub), tc.files)
				b := testBundle(t, "http://192.0.2.1")
				reports, err := quick().Fetch(t.Context(), b, from, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got := describeReports(reports, b.Dir, filepath.Join(from, sub)); got != tc.want {
					t.Errorf("reports\n%s\nwant\n%s", got, tc.want)
				}
				wantNoPart(t, b.Dir)
			})
		}
	}
}

func TestFetchFromAFolderOfEntries(t *testing.T) {
	from := t.TempDir()
	writeFiles(t, from, map[string][]byte{"a": contentA, "x-bin/b.gz": zipped(t, contentB), "x-bin/c": contentC})
	b := testBundle(t, "http://192.0.2.1")
	if _, err := quick().Fetch(t.Context(), b, from, nil); err != nil {
		t.Fatal(err)
	}
	wantFile(t, filepath.Join(b.Dir, "a"), contentA)
	wantFile(t, filepath.Join(b.Dir, "b.gz"), zipped(t, contentB))
	wantFile(t, filepath.Join(b.Dir, "c"), contentC)
}

func TestFetchRefuses(t *testing.T) {
	archive := testArchive(t)
	for _, tc := range []struct {
		name  string
		files map[string][]byte
		want  []string // for a URL, a folder
	}{
		{"nothing there", nil, []string{"/a: not found", "has no a (plain or .gz)"}},
		{"another file", map[string][]byte{"/a.gz": zipped(t, []byte("<html>")), "/bc.tar.gz": archive}, []string{"it is not a", "it is not a"}},
		{"no archive", map[string][]byte{"/a": contentA, "/bc.tar.gz": []byte("<html>")}, []string{"not gzipped", "not gzipped"}},
		{"half an archive", map[string][]byte{"/a": contentA, "/bc.tar.gz": archive[:len(archive)-20]}, []string{"unexpected EOF", "unexpected EOF"}},
		{"an archive without c", map[string][]byte{"/a": contentA, "/bc.tar.gz": tarred(t, tarEntry{name: "b", content: contentB})}, []string{"does not hold c", "does not hold c"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			writeFiles(t, dir, tc.files)
			for i, from := range []string{newFiles(t, tc.files).URL, dir} {
				b := testBundle(t, "http://192.0.2.1")
				_, err := quick().Fetch(t.Context(), b, from, nil)
				if err == nil || !strings.Contains(err.Error(), tc.want[i]) || !strings.Contains(err.Error(), "fetch test: ") {
					t.Errorf("from %s: %v, want %q", from, err, tc.want[i])
				}
				wantNone(t, filepath.Join(b.Dir, "b"))
				wantNone(t, filepath.Join(b.Dir, "bc.tar.gz"))
				wantNoPart(t, b.Dir)
			}
		})
	}
}

func TestFetchSaysWhatASourceCanBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	writeFiles(t, filepath.Dir(file), map[string][]byte{"file": nil})
	for from, want := range map[string]string{
		"ftp://example.org/x": `the scheme "ftp": want http://, https:// or a folder`,
		file + "-not":         "no such file",
		file:                  "is a file: want the folder that it is in",
	} {
		if _, err := quick().Fetch(t.Context(), testBundle(t, ""), from, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("from %s: %v, want %q", from, err, want)
		}
	}
}

func TestFetchStopsWithTheContext(t *testing.T) {
	from := t.TempDir()
	writeFiles(t, from, map[string][]byte{"a": contentA, "bc.tar.gz": testArchive(t)})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := testBundle(t, "http://192.0.2.1")
	if _, err := quick().Fetch(ctx, b, from, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
	wantNone(t, filepath.Join(b.Dir, "a"))
	wantNoPart(t, b.Dir)
}
