package api

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/goal-search/goal-search/api/wire"
	"github.com/goal-search/goal-search/internal/coordinator"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// Bounds of SuggestTrials.
const (
	suggestionsMax = 64
	dataSetsMax    = 1000
	waitMax        = time.Minute
	// answerTime is what is left of a call's deadline to answer it in.
	answerTime = 500 * time.Millisecond
)

// SuggestTrials implements the call.
func (s *Server) SuggestTrials(ctx context.Context, r *pb.SuggestTrialsRequest) (*pb.SuggestTrialsResponse, error) {
	ask, err := askOf(r)
	if err != nil {
		return nil, err
	}
	count := max(1, int(r.GetSuggestionCount()))
	if given, err := s.given(ctx, count); err != nil || len(given.Assignments) > 0 {
		return given, err
	}
	name, _, _ := strings.Cut(ask.Worker, "/")
	w, err := s.seen.see(ctx, name)
	if err != nil {
		return nil, err
	}
	if w.Draining {
		return nil, fmt.Errorf("%w: %s", study.ErrDraining, name)
	}
	ask.Labels = w.Labels
	patience, cancel := s.patience(ctx, r.GetWait().AsDuration())
	defer cancel()
	answer := &pb.SuggestTrialsResponse{}
	for i := range count {
		a, err := s.dispatcher.Take(numbered(ctx, i), patience, ask)
		switch {
		case err == nil:
			answer.Assignments = append(answer.Assignments, s.assignment(a))
			cancel() // only the first one is waited for
			continue
		case len(answer.Assignments) > 0:
			return answer, nil
		case errors.Is(err, study.ErrNoTrial):
			return answer, s.closed()
		}
		return nil, err
	}
	return answer, nil
}

// given returns what the same request got before. It gets no more, and no less
// because the study has ended since, or the worker is to leave.
func (s *Server) given(ctx context.Context, count int) (*pb.SuggestTrialsResponse, error) {
	answer := &pb.SuggestTrialsResponse{}
	if _, ok := study.RequestOf(ctx); !ok {
		return answer, nil
	}
	for i := range count {
		a, err := s.dispatcher.Given(numbered(ctx, i))
		if errors.Is(err, study.ErrNotFound) {
			break
		}
		if err != nil {
			return nil, err
		}
		answer.Assignments = append(answer.Assignments, s.assignment(a))
	}
	return answer, nil
}

// patience ends when a call shall wait no longer for something to happen.
func (s *Server) patience(ctx context.Context, wait time.Duration) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(deadline)-answerTime)
	}
	patience, cancel := context.WithTimeout(ctx, max(0, wait))
	stop := context.AfterFunc(s.closing, cancel)
	return patience, func() { stop(); cancel() }
}

// closed tells a client whose wait was cut short to try again, maybe at another
// server.
func (s *Server) closed() error {
	if s.closing.Err() == nil {
		return nil
	}
	return status.Error(codes.Unavailable, "the server is shutting down")
}

// numbered gives each of a call's trials a request of its own.
func numbered(ctx context.Context, i int) context.Context {
	request, ok := study.RequestOf(ctx)
	if !ok {
		return ctx
	}
	request.ID = fmt.Sprintf("%s#%d", request.ID, i)
	return study.WithRequest(ctx, request)
}

func (s *Server) assignment(a coordinator.Assignment) *pb.Assignment {
	return &pb.Assignment{
		Study:    wire.FromStudy(a.Study),
		Trial:    wire.FromTrial(a.Study.Name, a.Trial),
		Lease:    wire.FromLease(a.Lease),
		LeaseTtl: durationpb.New(s.dispatcher.LeaseTTL()),
	}
}

// askOf checks a request and turns it into what the dispatcher understands.
func askOf(r *pb.SuggestTrialsRequest) (coordinator.Ask, error) {
	var v violations
	ask := coordinator.Ask{Version: r.GetVersion(), KernelPath: r.GetKernelPath()}
	name, err := wire.ParseStudyName(r.GetParent())
	v.add("parent", err)
	if name != wire.AnyStudy {
		ask.Study = name
	}
	_, err = parseWorker(r.GetWorker())
	v.add("worker", err)
	ask.Worker = strings.TrimPrefix(r.GetWorker(), "workers/")
	v.add("version", study.ValidateShort("version", r.GetVersion()))
	v.add("kernel_path", study.ValidateShort("kernel path", r.GetKernelPath()))
	if n := len(r.GetDataSets()); n > dataSetsMax {
		v.add("data_sets", fmt.Errorf("%d: want at most %d", n, dataSetsMax))
	}
	v.within("suggestion_count", r.GetSuggestionCount(), 0, suggestionsMax)
	if wait := r.GetWait().AsDuration(); wait < 0 || wait > waitMax {
		v.add("wait", fmt.Errorf("%v: want 0s to %v", wait, waitMax))
	}
	for i, d := range r.GetDataSets() {
		v.require(fmt.Sprintf("data_sets[%d].name", i), d.GetName() != "")
		ask.DataSets = append(ask.DataSets, wire.ToDataSet(d))
	}
	return ask, v.err()
}

// parseWorker returns the worker of workers/{worker} and of a slot of it.
func parseWorker(name string) (string, error) {
	slot, ok := strings.CutPrefix(name, "workers/")
	worker, slot, _ := strings.Cut(slot, "/")
	if !ok || worker == "" {
		return "", fmt.Errorf("%q: want workers/{worker} or workers/{worker}/{slot}", name)
	}
	if err := study.ValidateShort("slot", slot); err != nil {
		return "", err
	}
	return worker, study.ValidateWorkerName(worker)
}
