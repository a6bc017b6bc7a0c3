package daemon

import (
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/spf13/pflag"

	"github.com/goal-search/goal-search/api/client"
)

// Remote says how to reach a server.
type Remote struct {
	Address   string // HOST:PORT; "": none
	CA        string // name of a file, "system", or ""
	TokenFile string
}

// AddFlags adds the flags that say so.
func (r *Remote) AddFlags(f *pflag.FlagSet) {
	f.StringVar(&r.Address, "server", "", "`HOST:PORT` of a server (default: $GOAL_SEARCH_SERVER)")
	f.StringVar(&r.CA, "ca", "", "PEM `FILE` of the authorities that the server's certificate is from, or system (default: $GOAL_SEARCH_CA; without one, no TLS)")
	f.StringVar(&r.TokenFile, "token-file", "", "`FILE` with the token to show (default: $GOAL_SEARCH_TOKEN_FILE)")
}

// FromEnvironment fills in what was not given as a flag.
func (r *Remote) FromEnvironment() {
	for variable, field := range map[string]*string{
		"GOAL_SEARCH_SERVER": &r.Address, "GOAL_SEARCH_CA": &r.CA, "GOAL_SEARCH_TOKEN_FILE": &r.TokenFile,
	} {
		if *field == "" {
			*field = os.Getenv(variable)
		}
	}
}

// Config reads the files and returns what a client needs. The log is told what
// becomes of the token's later.
func (r *Remote) Config(log *slog.Logger) (c client.Config, err error) {
	if r.Address == "" {
		return c, fmt.Errorf("no server given: want --server HOST:PORT or $GOAL_SEARCH_SERVER")
	}
	if _, port, err := net.SplitHostPort(r.Address); err != nil || port == "" {
		return c, fmt.Errorf("--server %q: want HOST:PORT, such as 127.0.0.1:7700", r.Address)
	}
	if c.TLS, err = ClientTLS(r.CA); err != nil {
		return c, fmt.Errorf("--ca: %w", err)
	}
	if c.Token, err = openToken(r.TokenFile, log); err != nil {
		return c, fmt.Errorf("--token-file: %w", err)
	}
	return c, nil
}
