package daemon

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
)

// tokenAgeMax is how soon a new token is used.
const tokenAgeMax = time.Second

// tokenFile is a token in a file, which may be replaced while a process runs.
type tokenFile struct {
	name   string
	ageMax time.Duration
	log    *slog.Logger

	mu     sync.Mutex
	token  string // as last read
	readAt time.Time
	told   string // why it could not be read the last time; "": it could
}

// openToken returns what reads the token in a file; nil when none is named. A token
// is never given on a command line, where others can read it.
func openToken(file string, log *slog.Logger) (func() string, error) {
	if file == "" {
		return nil, nil
	}
	f := &tokenFile{name: file, ageMax: tokenAgeMax, log: log, readAt: time.Now()}
	var err error
	f.token, err = readToken(file)
	return f.read, err
}

// read returns the token. While its file is away, or half written, the one before
// stays.
func (f *tokenFile) read() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.readAt) < f.ageMax {
		return f.token
	}
	f.readAt = time.Now()
	token, err := readToken(f.name)
	if err != nil {
		if f.told != err.Error() {
			f.log.Warn("the token stays as it was", "error", err)
		}
		f.told = err.Error()
		return f.token
	}
	if token != f.token {
		f.log.Info("the token was replaced", "file", f.name)
	}
	f.token, f.told = token, ""
	return f.token
}

func readToken(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if token == "" || strings.ContainsAny(token, " \r\n") {
		return "", fmt.Errorf("%s: want a token, one word, in it", file)
	}
	return token, nil
}
