package daemon

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTokenFileMayBeReplaced(t *testing.T) {
	name := filepath.Join(t.TempDir(), "token")
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := openToken(name, quiet); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such file: got error %v, want %v", err, fs.ErrNotExist)
	}
	var log bytes.Buffer
	f := &tokenFile{name: name, log: slog.New(slog.NewTextHandler(&log, nil))}
	for _, c := range []struct{ content, want string }{
		{"old\n", "old"}, {"", "old"}, {"", "old"}, {"two words", "old"}, {"new", "new"},
	} {
		write(c.content)
		if got := f.read(); got != c.want {
			t.Errorf("after %q: got %q, want %q", c.content, got, c.want)
		}
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if got := f.read(); got != "new" {
		t.Errorf("without a file: got %q, want the one before", got)
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 2 || strings.Contains(log.String(), "old") || strings.Contains(log.String(), "words") {
		t.Errorf("%d warnings, want 2 and no token, in\n%s", n, &log)
	}
}
