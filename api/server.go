package api

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/goal-search/goal-search/internal/coordinator"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// Version is that of the API. A worker of another one is refused.
const Version = 1

// requestsKept is how long a request can be repeated.
const requestsKept = 24 * time.Hour

// Config is what a server is told. Its zero value knows no goals and logs
// nothing.
type Config struct {
	Version string       // of the program
	Log     *slog.Logger // of what went wrong here; nil: nowhere
	// CheckObjective tells whether a study's trials can be evaluated; nil: any
	// can. It is asked only about studies that have an objective.
	CheckObjective func(study.Spec) error
	// DescribeGoal says what a trial's goal is; nil: no study is one of goals.
	DescribeGoal func(study.Spec, study.Trial) (Goal, error)
	// TransferTime is how long the state of a trial may be on its way; 0 is
	// DefaultTransferTime.
	TransferTime time.Duration
}

// Goal is a trial's goal function.
type Goal struct {
	Network  string
	Terms    []GoalTerm // in the order of the network's goals
	Sentence string     // what the goal asks of a neuron
}

// GoalTerm weighs one kind of information.
type GoalTerm struct {
	Name  string // by antichain: {F}{C}, …, H_res
	Gamma float64
}

// Server is the service. It may be used from many goroutines.
type Server struct {
	pb.UnimplementedSearchServiceServer
	store      study.Store
	dispatcher *coordinator.Dispatcher
	config     Config
	seen       *sightings
	closing    context.Context // ends long polls and streams
	transfers  chan struct{}   // who sends into it may hold a state in memory
	moves      chan struct{}   // who sends into it may hold a study on disk
}

// NewServer returns the service on a store. Calls that wait end when closing
// does.
func NewServer(closing context.Context, store study.Store, d *coordinator.Dispatcher, c Config) *Server {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.TransferTime = cmp.Or(c.TransferTime, DefaultTransferTime)
	return &Server{store: store, dispatcher: d, config: c, seen: newSightings(store), closing: closing,
		transfers: make(chan struct{}, transfersMax), moves: make(chan struct{}, movesMax)}
}

// How often old requests are forgotten, and studies looked after that nobody
// asks for.
const (
	tidyInterval  = 10 * time.Minute
	sweepInterval = 10 * time.Second
)

// Tidy does until ctx ends what no call does: it forgets requests that are too
// old to be repeated, and ends studies whose time is over.
func (s *Server) Tidy(ctx context.Context) {
	var parts sync.WaitGroup
	parts.Go(func() {
		s.regularly(ctx, tidyInterval, "forget old requests", func() error { return s.store.ForgetRequests(ctx, requestsKept) })
	})
	parts.Go(func() {
		s.regularly(ctx, sweepInterval, "look after the studies", func() error { return s.dispatcher.Sweep(ctx) })
	})
	parts.Wait()
}

// regularly does something now and after every interval. What fails may
// succeed the next time.
func (s *Server) regularly(ctx context.Context, interval time.Duration, act string, do func() error) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		if err := do(); err != nil && ctx.Err() == nil {
			s.config.Log.Error(act, "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}
