package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// apiVersion is that of the API which this client speaks.
const apiVersion = 1

// Bounds of a worker's calls.
const (
	pollWait        = 30 * time.Second // for a trial
	leaseTTLDefault = 30 * time.Second // where the server does not say
	// Offline is how long a worker keeps what it has to say while no server can
	// be reached.
	Offline = time.Hour
)

// WorkerConfig is how a worker works at a server.
type WorkerConfig struct {
	Worker study.Worker // what it says of itself
	Study  string       // the only one that it works at; "": any that it fits
}

// Worker takes trials from a server: it is a worker.Coordinator.
type Worker struct {
	client   *Client
	config   WorkerConfig
	leaseTTL atomic.Int64 // nanoseconds, as a server said last: each has its own

	mu       sync.Mutex
	study    study.Study                                 // the only one that it works at, as last seen
	dataSets []study.DataSet                             // that it has opened, or cannot
	untold   map[string][]*pb.AddTrialMeasurementRequest // by the lease's token
}

// NewWorker registers the worker. It waits for the server for as long as ctx
// lasts. wire.ErrAPIVersion: the server speaks another version of the API.
// study.ErrNotFound: it has no such study.
func NewWorker(ctx context.Context, c *Client, config WorkerConfig) (*Worker, error) {
	request := &pb.RegisterWorkerRequest{Worker: wire.FromWorker(config.Worker), ApiVersion: apiVersion, RequestId: newRequestID()}
	answer, err := attended(ctx, Offline, func(ctx context.Context) (*pb.RegisterWorkerResponse, error) {
		return c.rpc.RegisterWorker(ctx, request)
	})
	if err != nil {
		return nil, fmt.Errorf("register at the server: %w", err)
	}
	if got := answer.GetApiVersion(); got != apiVersion {
		return nil, fmt.Errorf("register at the server: %w: it speaks version %d, this worker %d", wire.ErrAPIVersion, got, apiVersion)
	}
	w := &Worker{client: c, config: config, untold: make(map[string][]*pb.AddTrialMeasurementRequest)}
	w.leaseTTL.Store(int64(leaseTTLDefault))
	w.learnTTL(answer.GetLeaseTtl())
	if config.Study != "" {
		m, err := retry(ctx, Offline, callTimeout, func(ctx context.Context) (*pb.Study, error) {
			return c.rpc.GetStudy(ctx, &pb.GetStudyRequest{Name: wire.StudyName(config.Study)})
		})
		if err != nil {
			return nil, err
		}
		w.study = c.learn(wire.ToStudy(m))
	}
	return w, nil
}

// leaveTimeout bounds how long a worker stays to say that it leaves.
const leaveTimeout = 3 * time.Second

// Leave says once that the worker takes no more trials, so that nobody counts on
// it. A server that is not told finds it silent.
func (w *Worker) Leave(ctx context.Context) error {
	request := &pb.DrainWorkerRequest{Name: wire.WorkerName(w.config.Worker.Name), RequestId: newRequestID()}
	_, err := try(ctx, leaveTimeout, func(ctx context.Context) (*pb.Worker, error) { return w.client.rpc.DrainWorker(ctx, request) })
	return wire.ToError(err)
}

// learnTTL keeps how long leases last; a server need not say so.
func (w *Worker) learnTTL(m *durationpb.Duration) {
	if ttl := m.AsDuration(); ttl > 0 {
		w.leaseTTL.Store(int64(ttl))
	}
}

// Study is the only study that it works at, as last seen; zero: any.
func (w *Worker) Study() study.Study {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.study
}

// LeaseTTL is how long a lease lasts unless renewed.
func (w *Worker) LeaseTTL() time.Duration { return time.Duration(w.leaseTTL.Load()) }

// Opened notes what came of opening a data set: with its hash, or without one
// where it cannot be opened. The server gives no trial of a study that it
// does not fit.
func (w *Worker) Opened(d study.DataSet) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, known := range w.dataSets {
		if known.Name == d.Name && known.Images == d.Images {
			w.dataSets[i] = d
			return
		}
	}
	w.dataSets = append(w.dataSets, d)
}

// TakeTrial waits for a trial, however long no server can be reached.
// study.ErrEnded: of the one study that it works at there will be none;
// study.ErrDraining: the worker is to leave; study.ErrUnfit: the study is not
// for it.
func (w *Worker) TakeTrial(ctx context.Context, slot string, e study.Environment) (study.Spec, study.Trial, study.Lease, error) {
	for {
		request := w.suggestRequest(slot, e)
		answer, err := retry(ctx, Offline, pollWait+callTimeout, func(ctx context.Context) (*pb.SuggestTrialsResponse, error) {
			return w.client.rpc.SuggestTrials(ctx, request)
		})
		switch {
		case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			continue
		case errors.Is(err, study.ErrNotFound) && w.follow(ctx, request.GetParent()):
			continue
		case err != nil:
			return study.Spec{}, study.Trial{}, study.Lease{}, err
		case len(answer.GetAssignments()) > 0:
			a := answer.GetAssignments()[0]
			s := w.client.learn(wire.ToStudy(a.GetStudy()))
			w.learnTTL(a.GetLeaseTtl())
			return s.Spec, toTrial(a.GetTrial(), s.ID), wire.ToLease(a.GetLease()), nil
		}
	}
}

func (w *Worker) suggestRequest(slot string, e study.Environment) *pb.SuggestTrialsRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	parent := cmp.Or(w.study.Name, wire.AnyStudy)
	request := &pb.SuggestTrialsRequest{
		Parent: wire.StudyName(parent), Worker: wire.WorkerName(slot), Version: e.Version, KernelPath: e.KernelPath,
		Wait: durationpb.New(pollWait), RequestId: newRequestID(),
	}
	for _, d := range w.dataSets {
		request.DataSets = append(request.DataSets, wire.FromDataSet(d))
	}
	return request
}

// follow tells whether the study that the worker works at has another name by
// now than that, under which the worker then goes on.
func (w *Worker) follow(ctx context.Context, missing string) bool {
	all, err := w.client.Studies(ctx)
	if err != nil {
		return false // and the worker ends: there was no study of that name
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range all {
		if s.ID == w.study.ID && wire.StudyName(s.Name) != missing {
			w.study = s
			return true
		}
	}
	return false
}

// RenewLease says once that the worker is alive; the next heartbeat says it
// again.
func (w *Worker) RenewLease(ctx context.Context, l study.Lease) error {
	request := &pb.RenewLeaseRequest{Leases: []*pb.Lease{wire.FromLease(l)}, Worker: wire.WorkerName(w.config.Worker.Name)}
	answer, err := try(ctx, w.LeaseTTL()/4, func(ctx context.Context) (*pb.RenewLeaseResponse, error) {
		return w.client.rpc.RenewLease(ctx, request)
	})
	if err != nil {
		return wire.ToError(err)
	}
	for _, standing := range answer.GetStandings() {
		switch {
		case standing.GetLost():
			w.forget(l, -1)
			return told{study.ErrLeaseLost, standing.GetReason()}
		case standing.GetShouldStop():
			return told{study.ErrStop, standing.GetReason()}
		}
	}
	return nil
}
