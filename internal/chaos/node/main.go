//go:build unix

// Command node is a server or a worker as tests start it: told by SIGUSR1, it
// says on stdout how much memory and how many goroutines it has.
package main

import (
	"encoding/json"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/internal/daemon"
)

func main() {
	roles := map[string]func(use, version string) *cobra.Command{
		"server": daemon.NewServerCommand, "worker": daemon.NewWorkerCommand,
	}
	role := os.Args[1]
	stop := tellVitals(os.Stdout)
	code := daemon.Run(roles[role](role, daemon.Version()), os.Args[2:], os.Stderr)
	stop()
	os.Exit(code)
}

// vitals is what may not grow while a process works.
type vitals struct {
	Heap       uint64 `json:"heap"` // bytes that are reachable
	Goroutines int    `json:"goroutines"`
}

// tellVitals answers every SIGUSR1 with a line of JSON until it is stopped.
func tellVitals(w io.Writer) (stop func()) {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		encoder := json.NewEncoder(w)
		for range asked {
			if err := encoder.Encode(readVitals()); err != nil {
				return // nobody reads any more
			}
		}
	}()
	return func() { signal.Stop(asked); close(asked); <-done }
}

func readVitals() vitals {
	runtime.GC()
	runtime.GC() // what finalizers let go
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return vitals{Heap: m.HeapAlloc, Goroutines: runtime.NumGoroutine()}
}
