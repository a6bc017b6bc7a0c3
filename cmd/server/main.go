// Command server serves studies to workers and clients on other machines. It is
// the same as goal-search server.
package main

import (
	"os"

	"github.com/goal-search/goal-search/internal/daemon"
)

func main() {
	os.Exit(daemon.Run(daemon.NewServerCommand("goal-search-server", daemon.Version()), os.Args[1:], os.Stderr))
}
