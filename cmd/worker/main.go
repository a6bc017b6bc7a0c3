// Command worker runs trials for a server. It is the same as goal-search worker.
package main

import (
	"os"

	"github.com/goal-search/goal-search/internal/daemon"
)

func main() {
	os.Exit(daemon.Run(daemon.NewWorkerCommand("goal-search-worker", daemon.Version()), os.Args[1:], os.Stderr))
}
