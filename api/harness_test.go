package api_test

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/goal-search/goal-search/api"
	"github.com/goal-search/goal-search/api/client"
	"github.com/goal-search/goal-search/internal/coordinator"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/sampler"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
)

// service is a server on a store of its own, and ways to speak to it.
type service struct {
	t       testing.TB
	store   study.Store
	address string
	stop    func()
	rpc     pb.SearchServiceClient
	conn    *grpc.ClientConn
	ttl     time.Duration // of leases, from the next start on
}

// serve starts a server; how may change its configuration.
func serve(t testing.TB, how ...func(*api.Config, *api.Access)) *service {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "studies.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s := &service{t: t, store: store, ttl: 2 * time.Second}
	s.start("127.0.0.1:0", how...)
	s.conn, err = grpc.NewClient(s.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.conn.Close() })
	s.rpc = pb.NewSearchServiceClient(s.conn)
	return s
}

// start serves the store at the address, until stop is called or the test ends.
func (s *service) start(address string, how ...func(*api.Config, *api.Access)) {
	s.t.Helper()
	var config api.Config
	var access api.Access
	for _, change := range how {
		change(&config, &access)
	}
	listener, err := new(net.ListenConfig).Listen(s.t.Context(), "tcp", address)
	if err != nil {
		s.t.Fatal(err)
	}
	closing, cancel := context.WithCancel(context.Background())
	dispatcher := coordinator.NewDispatcher(s.store,
		func(name string) (coordinator.Sampler, error) { return sampler.New(name) },
		coordinator.Config{LeaseTTL: s.ttl, PollInterval: 20 * time.Millisecond})
	server := api.NewServer(closing, s.store, dispatcher, config)
	served := make(chan error, 1)
	go func() { served <- server.Serve(server.NewGRPC(access), listener) }()
	s.address = listener.Addr().String()
	stopped := false
	s.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-served; err != nil {
			s.t.Error(err)
		}
	}
	s.t.Cleanup(s.stop)
}

// client returns a client that waits for at most a second for a lost server.
func (s *service) client() *client.Client {
	s.t.Helper()
	c, err := client.New(s.address, client.Config{Patience: time.Second})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	return c
}

// always is a token that is never replaced.
func always(token string) func() string { return func() string { return token } }

func testStudy(name string, trials int) study.Study {
	return study.Study{
		Name: name,
		Spec: study.Spec{
			Space:       study.Space{{Name: "x", Low: -1, High: 1}, {Name: "fixed", Low: 7, High: 7}},
			Sampler:     study.Sampler{Name: "random", Seed: 3},
			TrainerSeed: 30,
			DataSet:     study.DataSet{Name: "digits", Images: 100, Hash: "c0ffee"},
		},
		Budget: study.Budget{Trials: trials},
	}
}

func (s *service) create(name string, trials int) study.Study {
	s.t.Helper()
	made, err := s.client().CreateStudy(s.t.Context(), testStudy(name, trials))
	if err != nil {
		s.t.Fatal(err)
	}
	return made
}

// take takes one trial as a worker in any language does.
func (s *service) take(study, worker string) *pb.Assignment {
	s.t.Helper()
	answer, err := s.rpc.SuggestTrials(s.t.Context(), &pb.SuggestTrialsRequest{Parent: "studies/" + study, Worker: "workers/" + worker})
	if err != nil {
		s.t.Fatal(err)
	}
	if len(answer.GetAssignments()) != 1 {
		s.t.Fatalf("got %d assignments, want 1", len(answer.GetAssignments()))
	}
	return answer.GetAssignments()[0]
}

func (s *service) complete(l *pb.Lease, value float64) *pb.Trial {
	s.t.Helper()
	t, err := s.rpc.CompleteTrial(s.t.Context(), &pb.CompleteTrialRequest{Lease: l, FinalState: pb.Trial_STATE_COMPLETE, Value: &value})
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}
