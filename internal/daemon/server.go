package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/goal-search/goal-search/api"
	"github.com/goal-search/goal-search/internal/coordinator"
	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/sampler"
	"github.com/goal-search/goal-search/study"
)

// ServerConfig is how this process serves studies.
type ServerConfig struct {
	Store    string // as OpenStore takes it
	Address  string // HOST:PORT of gRPC
	HTTP     string // HOST:PORT of JSON over HTTP; "": none
	Access   api.Access
	Version  string // of goal-search
	Log      *slog.Logger
	LeaseTTL time.Duration // 0 is the coordinator's default
	LostMax  int           // as the coordinator's
	// Ready is told where the server listens; "": not over HTTP.
	Ready func(address, http string)
}

// Check tells whether the addresses may be listened on.
func (c ServerConfig) Check() error {
	if err := c.Access.CheckAddress(c.Address); err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if c.HTTP == "" {
		return nil
	}
	if err := c.Access.CheckAddress(c.HTTP); err != nil {
		return fmt.Errorf("--http: %w", err)
	}
	return nil
}

// Serve serves studies until ctx ends, and returns when every call has ended.
func Serve(ctx context.Context, c ServerConfig) (err error) {
	if err := c.Check(); err != nil {
		return err
	}
	store, err := openToServe(ctx, c.Store, c.Log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	grpcListener, err := listen(ctx, c.Address)
	if err != nil {
		return err
	}
	server := newServer(ctx, store, c)
	var parts sync.WaitGroup
	run := func(part func() error) {
		parts.Go(func() {
			if err := part(); err != nil {
				stop(err) // the others cannot go on without it
			}
		})
	}
	http := ""
	if c.HTTP != "" {
		httpListener, err := listen(ctx, c.HTTP)
		if err != nil {
			return errors.Join(err, grpcListener.Close())
		}
		http = httpListener.Addr().String()
		run(func() error { return server.ServeHTTP(httpListener, c.Access) })
	}
	run(func() error { return server.Serve(server.NewGRPC(c.Access), grpcListener) })
	run(func() error { server.Tidy(ctx); return nil })
	if c.Ready != nil {
		c.Ready(grpcListener.Addr().String(), http)
	}
	parts.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		err = op.Err // which does not name the address again
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen on %s: %w: another server may be running there; want a free port, or 0 for any", address, err)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return l, nil
}

func newServer(ctx context.Context, store study.Store, c ServerConfig) *api.Server {
	newSampler := func(name string) (coordinator.Sampler, error) { return sampler.New(name) }
	dispatcher := coordinator.NewDispatcher(store, newSampler, coordinator.Config{
		LeaseTTL: c.LeaseTTL,
		LostMax:  c.LostMax,
		Failed: func(study string, err error) {
			c.Log.Error("a study gives no trials", "study", study, "error", err)
		},
		StateChanged: func(s study.Study) {
			c.Log.Info("a study changed its state", "study", s.Name, "state", s.State, "reason", s.StateReason)
		},
	})
	return api.NewServer(ctx, store, dispatcher, api.Config{
		Version: c.Version, Log: c.Log, CheckObjective: objective.Validate, DescribeGoal: describeGoal,
	})
}

// aimsTold is how many demands of a goal its sentence names.
const aimsTold = 4

// describeGoal says what a trial's goal is.
func describeGoal(spec study.Spec, t study.Trial) (api.Goal, error) {
	config, err := objective.ConfigOf(spec, t)
	if err != nil {
		return api.Goal{}, err
	}
	names, err := objective.TermNames(config.Network)
	if err != nil {
		return api.Goal{}, err
	}
	aims, err := objective.Aims(config.Network, config.Goal, aimsTold)
	if err != nil {
		return api.Goal{}, err
	}
	goal := api.Goal{Network: config.Network, Sentence: objective.Sentence(aims)}
	for i, name := range names {
		goal.Terms = append(goal.Terms, api.GoalTerm{Name: name, Gamma: config.Goal[i]})
	}
	return goal, nil
}
