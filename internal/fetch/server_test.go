package fetch

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// mirror serves content and remembers what it was asked.
type mirror struct {
	*httptest.Server

	mutex  sync.Mutex
	ranges []string // the Range of every request, "" without
}

// newMirror starts a server that answers with handle; nil serves content with
// ranges, as a static file server does.
func newMirror(t testing.TB, content []byte, handle http.HandlerFunc) *mirror {
	m := &mirror{}
	if handle == nil {
		handle = func(w http.ResponseWriter, r *http.Request) { serve(w, r, content) }
	}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mutex.Lock()
		m.ranges = append(m.ranges, r.Header.Get("Range"))
		m.mutex.Unlock()
		handle(w, r)
	}))
	t.Cleanup(m.Close)
	return m
}

// asked returns the Range of every request so far.
func (m *mirror) asked() []string {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return append([]string{}, m.ranges...)
}

// serve answers with content, or the range of it that is asked for.
func serve(w http.ResponseWriter, r *http.Request, content []byte) {
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// breakOff sends the first n bytes of content and drops the connection.
func breakOff(w http.ResponseWriter, content []byte, n int) {
	w.Header().Set("Content-Length", itoa(len(content)))
	w.Write(content[:n])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// quick is a client that does not wait long.
func quick() *Client { return &Client{Wait: time.Millisecond, Stall: 5 * time.Second} }

// pattern returns n bytes without a period that a wrong offset would hide in.
func pattern(n int) []byte {
	b := make([]byte, 0, n+32)
	for sum := sha256.Sum256(nil); len(b) < n; sum = sha256.Sum256(sum[:]) {
		b = append(b, sum[:]...)
	}
	return b[:n]
}

func md5Of(b []byte) string {
	sum := md5.Sum(b)
	return hex.EncodeToString(sum[:])
}

func sha256Of(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// wantFile fails unless the file at path has the content and nothing partial
// lies beside it.
func wantFile(t testing.TB, path string, content []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, content) {
		t.Errorf("%s has %d bytes that are not the %d wanted", path, len(got), len(content))
	}
	wantNoPart(t, filepath.Dir(path))
}

// wantNoPart fails if something partial lies in dir.
func wantNoPart(t testing.TB, dir string) {
	t.Helper()
	if left, _ := filepath.Glob(filepath.Join(dir, "*"+partSuffix)); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

// wantNone fails if there is a file at path.
func wantNone(t testing.TB, path string) {
	t.Helper()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("%s is there, or: %v", path, err)
	}
}
