package fetch

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestGet(t *testing.T) {
	content := pattern(200_000)
	m := newMirror(t, content, nil)
	dst := filepath.Join(t.TempDir(), "new", "folder", "file")
	var last, total int64
	f := File{Name: "file", URLs: []string{m.URL}, MD5: md5Of(content), SHA256: sha256Of(content), Size: int64(len(content))}
	err := quick().Get(t.Context(), dst, f, func(done, of int64) {
		if done < last {
			t.Errorf("progress went back from %d to %d", last, done)
		}
		last, total = done, of
	})
	if err != nil {
		t.Fatal(err)
	}
	wantFile(t, dst, content)
	if last != 200_000 || total != 200_000 {
		t.Errorf("progress ended at %d of %d, want 200000 of 200000", last, total)
	}
	if err := quick().Get(t.Context(), dst, f, nil); err != nil {
		t.Fatal(err)
	}
	if asked := m.asked(); len(asked) != 1 {
		t.Errorf("a file that is there and right was asked for again: %q", asked)
	}
}

func TestAnInterruptedDownloadIsResumed(t *testing.T) {
	content := pattern(300_000)
	var count atomic.Int64
	m := newMirror(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if count.Add(1) == 1 {
			breakOff(w, content, 100_000)
		}
		serve(w, r, content)
	})
	dst := filepath.Join(t.TempDir(), "file")
	for _, f := range []File{
		{Name: "checked", URLs: []string{m.URL}, MD5: md5Of(content)},
		{Name: "unchecked", URLs: []string{m.URL}},
	} {
		count.Store(0)
		if err := quick().Get(t.Context(), dst, f, nil); err != nil {
			t.Fatal(err)
		}
		wantFile(t, dst, content)
		if asked := m.asked(); !slices.Equal(asked[len(asked)-2:], []string{"", "bytes=100000-"}) {
			t.Errorf("%s: asked for %q, want all and then the rest from 100000", f.Name, asked)
		}
		os.Remove(dst)
	}
}

func TestWhatAnEarlierCallLeftIsResumed(t *testing.T) {
	content := pattern(50_000)
	for _, tc := range []struct {
		name    string
		part    []byte
		f       File
		ranges  []string
		whole   bool // the server knows no ranges
		wantErr error
	}{
		{name: "the beginning", part: content[:20_000], f: File{MD5: md5Of(content)}, ranges: []string{"bytes=20000-"}},
		{name: "all of it", part: content, f: File{SHA256: sha256Of(content)}, ranges: []string{}},
		{name: "another file's beginning", part: pattern(60_000)[30_000:40_000], f: File{MD5: md5Of(content)}, ranges: []string{"bytes=10000-", ""}},
		{name: "more than the file", part: pattern(60_000), f: File{MD5: md5Of(content)}, ranges: []string{"bytes=60000-", ""}},
		{name: "a server without ranges", part: content[:20_000], f: File{MD5: md5Of(content)}, ranges: []string{"bytes=20000-"}, whole: true},
		{name: "nothing says what it is", part: content[:20_000], f: File{}, ranges: []string{""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newMirror(t, content, nil)
			if tc.whole {
				m = newMirror(t, nil, func(w http.ResponseWriter, _ *http.Request) { w.Write(content) })
			}
			dst := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(dst+partSuffix, tc.part, 0o644); err != nil {
				t.Fatal(err)
			}
			tc.f.URLs = []string{m.URL}
			if err := quick().Get(t.Context(), dst, tc.f, nil); err != nil {
				t.Fatal(err)
			}
			wantFile(t, dst, content)
			if asked := m.asked(); !slices.Equal(asked, tc.ranges) {
				t.Errorf("asked for %q, want %q", asked, tc.ranges)
			}
		})
	}
}

func TestAWrongFileIsNeverUsed(t *testing.T) {
	content := pattern(5_000)
	for _, tc := range []struct {
		name string
		f    File
		want error
		text string
	}{
		{"MD5", File{MD5: md5Of(nil)}, ErrChecksum, "its MD5 is " + md5Of(content) + ": want " + md5Of(nil)},
		{"SHA-256", File{SHA256: sha256Of(nil)}, ErrChecksum, "its SHA-256 is"},
		{"size", File{Size: 5_001}, ErrChecksum, "5000 bytes: want 5001"},
		{"bound", File{MaxSize: 4_999}, ErrTooLarge, "5000 bytes: want at most 4999"},
		{"check", File{Check: func(string) error { return errors.New("not what I meant") }}, nil, "not what I meant"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newMirror(t, content, nil)
			dst := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(dst, []byte("older"), 0o644); err != nil {
				t.Fatal(err)
			}
			tc.f.URLs = []string{m.URL + "/path"}
			err := quick().Get(t.Context(), dst, tc.f, nil)
			if err == nil || tc.want != nil && !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.text) || !strings.Contains(err.Error(), m.URL+"/path") {
				t.Errorf("%v\nwant %v with %q and the URL", err, tc.want, tc.text)
			}
			wantFile(t, dst, []byte("older"))
			if asked := m.asked(); len(asked) != 1 {
				t.Errorf("asked %d times, want once: it would be wrong again", len(asked))
			}
		})
	}
}

func TestAnEndlessAnswerIsBounded(t *testing.T) {
	m := newMirror(t, nil, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	})
	dst := filepath.Join(t.TempDir(), "file")
	err := quick().Get(t.Context(), dst, File{URLs: []string{m.URL}, MaxSize: 1 << 20}, nil)
	if !errors.Is(err, ErrTooLarge) {
		t.Errorf("%v, want ErrTooLarge", err)
	}
	wantNone(t, dst)
	wantNoPart(t, filepath.Dir(dst))
}

func TestRetriesAndMirrors(t *testing.T) {
	content := pattern(1_000)
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for _, tc := range []struct {
		name  string
		first http.HandlerFunc
		asked int // of the first mirror
	}{
		{"absent", status(404), 1},
		{"forbidden", status(403), 1},
		{"failing", status(503), 3},
		{"too many requests", status(429), 3},
		{"another file", func(w http.ResponseWriter, _ *http.Request) { w.Write(pattern(1_001)) }, 1},
		{"dropping the connection", func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, 3},
		{"a part of its own choice", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 500-999/1000")
			w.WriteHeader(http.StatusPartialContent)
		}, 1},
		{"a range that is none", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusPartialContent) }, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bad, good := newMirror(t, nil, tc.first), newMirror(t, content, nil)
			dst := filepath.Join(t.TempDir(), "file")
			c := quick()
			c.Attempts = 3
			if err := c.Get(t.Context(), dst, File{URLs: []string{bad.URL, good.URL}, MD5: md5Of(content)}, nil); err != nil {
				t.Fatal(err)
			}
			wantFile(t, dst, content)
			if asked := bad.asked(); len(asked) != tc.asked {
				t.Errorf("the first mirror was asked %d times, want %d", len(asked), tc.asked)
			}
		})
	}
}

func TestEveryFailureIsTold(t *testing.T) {
	gone := newMirror(t, nil, http.NotFound)
	ill := newMirror(t, nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	dead := newMirror(t, nil, nil)
	dead.Close()
	c := quick()
	c.Attempts = 2
	err := c.Get(t.Context(), filepath.Join(t.TempDir(), "file"), File{URLs: []string{gone.URL + "/a", ill.URL + "/b", dead.URL + "/c"}}, nil)
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("%v, want ErrNotFound in it", err)
	}
	for _, want := range []string{gone.URL + "/a: not found: the server answers 404", ill.URL + "/b: the server answers 500 Internal Server Error (after 2 attempts)", dead.URL + "/c", "refused"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %q in it", err, want)
		}
	}
	if err := c.Get(t.Context(), "file", File{Name: "file"}, nil); err == nil || !strings.Contains(err.Error(), "no URL") {
		t.Errorf("without a URL: %v", err)
	}
}

func TestCancellationKeepsThePartForLater(t *testing.T) {
	content := pattern(100_000)
	arrived := make(chan struct{})
	slow := newMirror(t, nil, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", itoa(len(content)))
		w.Write(content[:40_000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancelCause(t.Context())
	dst := filepath.Join(t.TempDir(), "file")
	f := File{URLs: []string{slow.URL, slow.URL}, MD5: md5Of(content)}
	var once atomic.Bool
	go func() {
		<-arrived
		cancel(errors.New("interrupted by the user"))
	}()
	err := quick().Get(ctx, dst, f, func(done, _ int64) {
		if done == 40_000 && once.CompareAndSwap(false, true) {
			close(arrived)
		}
	})
	if err == nil || !strings.Contains(err.Error(), "interrupted by the user") {
		t.Fatalf("%v, want the reason", err)
	}
	wantNone(t, dst)
	if n := len(slow.asked()); n != 1 {
		t.Errorf("asked %d times, want once: the user wants to stop", n)
	}
	m := newMirror(t, content, nil)
	f.URLs = []string{m.URL}
	if err := quick().Get(t.Context(), dst, f, nil); err != nil {
		t.Fatal(err)
	}
	wantFile(t, dst, content)
	if asked := m.asked(); !slices.Equal(asked, []string{"bytes=40000-"}) {
		t.Errorf("asked for %q, want the rest", asked)
	}
}

func TestASilentServerIsGivenUp(t *testing.T) {
	content := pattern(1_000)
	var count atomic.Int64
	m := newMirror(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if count.Add(1) == 1 {
			w.Header().Set("Content-Length", "1000")
			w.Write(content[:500])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		serve(w, r, content)
	})
	c := quick()
	c.Stall = 50 * time.Millisecond
	dst := filepath.Join(t.TempDir(), "file")
	if err := c.Get(t.Context(), dst, File{URLs: []string{m.URL}}, nil); err != nil {
		t.Fatal(err)
	}
	wantFile(t, dst, content)
}

func TestTwoProcessesDoNotWriteOneFile(t *testing.T) {
	dst := filepath.Join(t.TempDir(), "file")
	held, err := openPart(dst + partSuffix)
	if err != nil {
		t.Fatal(err)
	}
	defer held.close()
	err = quick().Get(t.Context(), dst, File{Name: "file", URLs: []string{"http://192.0.2.1"}}, nil)
	if !errors.Is(err, errLocked) {
		t.Errorf("%v, want errLocked", err)
	}
}
