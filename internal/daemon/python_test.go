package daemon

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goal-search/goal-search/api"
	"github.com/goal-search/goal-search/api/client"
)

// TestPythonClient runs the examples in examples/python at a real server, over
// TLS and with a token.
func TestPythonClient(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes a Python environment")
	}
	python := pythonWith(t, "../../examples/python/requirements.txt")
	folder := t.TempDir()
	cert, key := writeCertificate(t, folder)
	server, err := ServerTLS(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	token := filepath.Join(folder, "token")
	if err := os.WriteFile(token, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(startServer(t, "127.0.0.1:0", api.Access{TLS: server, Token: always("secret")}))
	if err != nil {
		t.Fatal(err)
	}
	address := "localhost:" + port
	config := client.Config{TLS: mustTLS(t, cert), Token: always("secret")}
	mustCreate(t, dial(t, address, config), digitsStudy(t, "first", 1, 1))
	if err := Work(t.Context(), t.Context(), WorkerConfig{Address: address, Client: config, Slots: 1, Log: quiet, Study: "first"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"client.py", address}, "of 30 is worth -0."},
		{[]string{"best.py", address, "first"}, "A neuron should"},
	} {
		example := exec.CommandContext(t.Context(), python, c.args...)
		example.Dir = "../../examples/python"
		example.Env = append(os.Environ(), "GOAL_SEARCH_CA="+cert, "GOAL_SEARCH_TOKEN_FILE="+token, "PYTHONDONTWRITEBYTECODE=1")
		output, err := example.CombinedOutput()
		if err != nil || !strings.Contains(string(output), c.want) {
			t.Errorf("%s: got %v and\n%s\nwant %q", c.args[0], err, output, c.want)
		}
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
