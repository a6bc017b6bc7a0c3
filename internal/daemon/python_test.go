package daemon

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPythonClient runs the example in examples/python at a real server.
func TestPythonClient(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes a Python environment")
	}
	python := pythonWith(t, "../../examples/python/requirements.txt")
	ctx, stop := context.WithCancel(t.Context())
	ready, served := make(chan string, 1), make(chan error, 1)
	go func() {
		served <- Serve(ctx, ServerConfig{
			Store: filepath.Join(t.TempDir(), "studies.db"), Address: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
			Ready: func(address, _ string) { ready <- address },
		})
	}()
	select {
	case address := <-ready:
		output, err := exec.CommandContext(ctx, python, "../../examples/python/client.py", address).CombinedOutput()
		if err != nil || !strings.Contains(string(output), "of 30 is worth -0.") {
			t.Errorf("got %v and\n%s\nwant the best of 30 trials", err, output)
		}
	case err := <-served:
		t.Fatal(err)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// missing skips the test for want of something, but not in CI.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// pythonWith returns a Python that has the packages. They are installed once
// and kept in the user's cache; where there is no Python that can, or no
// registry within reach, the test is skipped.
func pythonWith(t *testing.T, requirements string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		missing(t, "%v", err)
	}
	folder := filepath.Join(cache, "goal-search-test", "python")
	python := filepath.Join(folder, "bin", "python")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for _, command := range [][]string{
		{"python3", "-m", "venv", folder},
		{python, "-m", "pip", "install", "--quiet", "--requirement", requirements},
	} {
		output, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput()
		if err != nil {
			missing(t, "%s: %v\n%s", strings.Join(command, " "), err, output)
		}
	}
	return python
}
