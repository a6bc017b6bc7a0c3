package sqlstore_test

import (
	"bufio"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study/sqlstore/mysqltest"
)

// TestServersDeathLosesNothing kills the server at random moments while
// processes work, and starts it again. They go on without an error, and what
// they were told to be done is there, once.
func TestServersDeathLosesNothing(t *testing.T) {
	for _, e := range mysqltest.Engines {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			serversDeathLosesNothing(t, e.Start(t))
		})
	}
}

func serversDeathLosesNothing(t *testing.T, server *mysqltest.Server) {
	const kills, processes = 3, 2
	seed := rand.Uint64()
	t.Logf("seed of the moments: %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	where := server.Database(t)
	s := makeShared(t, where, 1_000_000)
	told := ledger{kills: processes - 1} // at the end all processes die at once
	lines := make(chan string)
	var workers []*exec.Cmd
	for range processes {
		cmd, acks, stderr := startWorker(t, where, time.Minute)
		workers = append(workers, cmd)
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		go func() {
			for scanner := bufio.NewScanner(acks); scanner.Scan(); {
				lines <- scanner.Text()
			}
			_ = cmd.Wait()
			lines <- "ended " + stderr.String()
		}()
	}
	for range kills {
		told.take(t, lines, 20+random.IntN(30)) // transitions
		server.Kill(t)
		server.Restart(t)
	}
	told.take(t, lines, 20)
	for _, cmd := range workers {
		_ = cmd.Process.Kill()
	}
	for ended := 0; ended < processes; {
		if line := <-lines; strings.HasPrefix(line, "ended ") {
			ended++
		} else {
			told.add(t, line)
		}
	}
	told.check(t, where, s)
	t.Logf("%d transitions, %d kills of the server", told.transitions, kills)
}

// take adds so many more lines that processes say.
func (g *ledger) take(t *testing.T, lines <-chan string, more int) {
	t.Helper()
	for range more {
		line := <-lines
		if message, ended := strings.CutPrefix(line, "ended "); ended {
			t.Fatalf("a process gave up: %s", message)
		}
		g.add(t, line)
	}
}
