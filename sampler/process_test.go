package sampler

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/goal-search/goal-search/study"
)

// childVariable makes this test's binary the other process of the test below.
const childVariable = "SAMPLER_TEST_HISTORY"

func TestNewProcessSuggestsTheSame(t *testing.T) {
	space := cube(3)
	if path := os.Getenv(childVariable); path != "" {
		printSuggestions(t, space, path)
		return
	}
	history := randomHistory(space, 120, sphere)
	data, err := json.Marshal(history)
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/history.json"
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNewProcessSuggestsTheSame$", "-test.v")
	child.Env = append(os.Environ(), childVariable+"="+path)
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, name := range Names() {
		if line := suggestionLine(t, name, space, history); !strings.Contains(string(out), line) {
			t.Errorf("this process suggests %s, the other one %s", line, out)
		}
	}
}

func printSuggestions(t *testing.T, space study.Space, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var history []study.Trial
	if err := json.Unmarshal(data, &history); err != nil {
		t.Fatal(err)
	}
	for _, name := range Names() {
		t.Log(suggestionLine(t, name, space, history))
	}
}

// suggestionLine shows every bit of what the sampler suggests.
func suggestionLine(t *testing.T, name string, space study.Space, history []study.Trial) string {
	t.Helper()
	s, err := New(name)
	if err != nil {
		t.Fatal(err)
	}
	line := name
	p := suggest(t, s, space, 0, len(history), history)
	for _, q := range space {
		line += fmt.Sprintf(" %x", math.Float64bits(p[q.Name]))
	}
	return line
}
