//go:build linux

package chaos

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// clockVariable says by how much a node's clock is wrong.
const clockVariable = "CHAOS_CLOCK"

// clockSource makes time.Now wrong in everything that is linked with it. What
// measures how long something takes is right, as it is where a clock is wrong.
const clockSource = `package time

import "syscall"

var clockOffset = readClockOffset()

func readClockOffset() int64 {
	text, _ := syscall.Getenv("` + clockVariable + `")
	offset, _ := ParseDuration(text)
	return int64(offset / Second)
}
`

// buildNode compiles the node with a clock that can be wrong, by putting
// another file in the place of one of the standard library: so nothing of ours
// has a seam for it.
func buildNode(t *testing.T) (program string) {
	t.Helper()
	dir := t.TempDir()
	library := filepath.Join(goRoot(t), "src", "time")
	original, err := os.ReadFile(filepath.Join(library, "time.go"))
	if err != nil {
		t.Fatal(err)
	}
	const reading = "sec, nsec, mono := runtimeNow()\n"
	if n := strings.Count(string(original), reading); n != 1 {
		t.Fatalf("time.go reads the clock %d times by %q: want 1; look how Now of %s does it", n, reading, runtime.Version())
	}
	changed := strings.Replace(string(original), reading, reading+"\tsec += clockOffset\n", 1)
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {
		filepath.Join(library, "time.go"):         writeFile(t, dir, "time.go", changed),
		filepath.Join(library, "clock_offset.go"): writeFile(t, dir, "clock_offset.go", clockSource),
	}})
	if err != nil {
		t.Fatal(err)
	}
	program = filepath.Join(dir, "node")
	build := exec.Command("go", "build", "-overlay", writeFile(t, dir, "overlay.json", string(overlay)), "-o", program, "./node")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", build, err, output)
	}
	return program
}

func goRoot(t *testing.T) string {
	t.Helper()
	output, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(output))
}

func writeFile(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
