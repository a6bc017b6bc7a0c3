package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/api"
	"github.com/goal-search/goal-search/internal/coordinator"
)

// ErrUsage is of every error in a command line.
var ErrUsage = errors.New("usage")

func usage(err error) error { return fmt.Errorf("%w: %w", ErrUsage, err) }

// serverFlags are the flags of a server.
type serverFlags struct {
	config            ServerConfig
	cert, key, tokens string // names of files
	debug             bool
}

// NewServerCommand returns the command that serves studies.
func NewServerCommand(use, version string) *cobra.Command {
	var f serverFlags
	cmd := &cobra.Command{
		Use:   use,
		Short: "Serve studies to workers and clients on other machines",
		Long: `The server keeps studies in its store, suggests trials, hands them to workers and
takes what they report. It speaks gRPC, and JSON over HTTP where --http says so;
/openapi.json describes that. Several servers may serve one store.

It listens on this machine only, unless it has TLS files and a token that
clients must show. SIGTERM lets the calls under way end.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.complete(version, cmd.ErrOrStderr()); err != nil {
				return usage(err)
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop) // a second signal ends the process
			return Serve(ctx, f.config)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.config.Store, "store", "", "database of the studies: a file, or a URL in @FILE (default: $GOAL_SEARCH_STORE, else in the user's data directory)")
	flags.StringVar(&f.config.Address, "listen", "127.0.0.1:7700", "`HOST:PORT` for gRPC")
	flags.StringVar(&f.config.HTTP, "http", "", "`HOST:PORT` for JSON over HTTP (default: none)")
	flags.StringVar(&f.cert, "tls-cert", "", "PEM `FILE` with the server's certificate")
	flags.StringVar(&f.key, "tls-key", "", "PEM `FILE` with its key")
	flags.StringVar(&f.tokens, "token-file", "", "`FILE` with the token that clients must show")
	flags.DurationVar(&f.config.LeaseTTL, "lease", coordinator.DefaultLeaseTTL, "how long a worker may be silent before its trial goes to another")
	flags.IntVar(&f.config.LostMax, "lost-max", coordinator.DefaultLostMax, "attempts of a trial that may be lost with their workers before it is failed")
	flags.BoolVar(&f.debug, "debug", false, "log more")
	return cmd
}

// complete reads the files that the flags name, and checks the rest.
func (f *serverFlags) complete(version string, stderr io.Writer) (err error) {
	c := &f.config
	if c.LeaseTTL <= 0 {
		return fmt.Errorf("--lease %v: want more than 0", c.LeaseTTL)
	}
	if c.LostMax < 1 {
		return fmt.Errorf("--lost-max %d: want at least 1", c.LostMax)
	}
	if c.Store, err = FindStore(c.Store); err != nil {
		return fmt.Errorf("--store: %w", err)
	}
	c.Access = api.Access{}
	if c.Access.TLS, err = ServerTLS(f.cert, f.key); err != nil {
		return err
	}
	if c.Access.Token, err = ReadToken(f.tokens); err != nil {
		return err
	}
	c.Version, c.Log = version, newLog(stderr, f.debug)
	c.Ready = func(address, http string) {
		c.Log.Info("serving", "grpc", address, "http", http, "store", StoreName(c.Store), "version", version)
	}
	return c.Check()
}

func newLog(w io.Writer, debug bool) *slog.Logger {
	options := &slog.HandlerOptions{}
	if debug {
		options.Level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(w, options))
}
