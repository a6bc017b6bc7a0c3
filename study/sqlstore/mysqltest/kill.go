package mysqltest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Kill ends the server at once, as SIGKILL does, in the middle of whatever it
// was doing.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	file := filepath.Join(s.data, "pid")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		t.Fatal(err)
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

// restartMax bounds how long the port of a killed server may stay taken.
const restartMax = time.Minute

// Restart starts a killed server again, on its port and its data.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	end := time.Now().Add(restartMax)
	for {
		err := s.script("start", fmt.Sprint(s.Port), s.data)
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}
