package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/goal-search/goal-search/api"
	"github.com/goal-search/goal-search/internal/coordinator"
)

// ErrUsage is of every error in a command line.
var ErrUsage = errors.New("the command line is wrong")

// usageError is an error in a command line, in its own words.
type usageError struct{ error }

func (e usageError) Unwrap() []error { return []error{ErrUsage, e.error} }

func usage(err error) error { return usageError{err} }

// noArguments is cobra.NoArgs with an error that says what is wrong.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage(fmt.Errorf("argument %q: %s takes flags only; see %[2]s --help", args[0], cmd.CommandPath()))
	}
	return nil
}

// serverFlags are the flags of a server.
type serverFlags struct {
	config            ServerConfig
	cert, key, tokens string // names of files
	debug             bool
}

// NewServerCommand returns the command that serves studies; program is what a
// user types to run it.
func NewServerCommand(program, version string) *cobra.Command {
	var f serverFlags
	cmd := &cobra.Command{
		Use:   lastWord(program),
		Short: "Serve studies to workers and clients on other machines",
		Long: `The server keeps studies in its store, suggests trials, hands them to workers and
takes what they report. It speaks gRPC, and JSON over HTTP where --http says so;
/openapi.json describes that. Several servers may serve one store.

It listens on this machine only, unless it has TLS files and a token that
clients must show. SIGTERM lets the calls under way end.`,
		Example: examples(program,
			"--store shared.db --http 127.0.0.1:7701",
			"--store @store.url        # a file with mysql://user:password@host/database",
			"--store @store.url --listen 0.0.0.0:7700 --tls-cert cert.pem --tls-key key.pem --token-file token"),
		Args: noArguments,
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
	flags.StringVar(&f.config.Store, "store", "", "`STORE` of the studies: a file, mysql://user@host/database, or @FILE that holds such a URL (default: $GOAL_SEARCH_STORE, else in the user's data directory)")
	flags.StringVar(&f.config.Address, "listen", "127.0.0.1:7700", "`HOST:PORT` for gRPC")
	flags.StringVar(&f.config.HTTP, "http", "", "`HOST:PORT` for JSON over HTTP (default: none)")
	flags.StringVar(&f.cert, "tls-cert", "", "PEM `FILE` with the server's certificate")
	flags.StringVar(&f.key, "tls-key", "", "PEM `FILE` with its key")
	flags.StringVar(&f.tokens, "token-file", "", "`FILE` with the token that clients must show; it may be replaced at any time")
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
	c.Version, c.Log = version, newLog(stderr, f.debug)
	c.Access = api.Access{}
	if c.Access.TLS, err = ServerTLS(f.cert, f.key); err != nil {
		return err
	}
	if c.Access.Token, err = openToken(f.tokens, c.Log); err != nil {
		return fmt.Errorf("--token-file: %w", err)
	}
	c.Ready = func(address, http string) {
		c.Log.Info("serving", "grpc", address, "http", http, "store", StoreName(c.Store), "version", version)
	}
	return c.Check()
}

// lastWord is what cobra calls a command.
func lastWord(program string) string { return program[strings.LastIndex(program, " ")+1:] }

// examples are command lines of a program.
func examples(program string, lines ...string) string {
	return "  " + program + " " + strings.Join(lines, "\n  "+program+" ")
}

func newLog(w io.Writer, debug bool) *slog.Logger {
	options := &slog.HandlerOptions{}
	if debug {
		options.Level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(w, options))
}
