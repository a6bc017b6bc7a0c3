package api

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
)

// RegisterWorker implements the call.
func (s *Server) RegisterWorker(ctx context.Context, r *pb.RegisterWorkerRequest) (*pb.RegisterWorkerResponse, error) {
	if r.GetApiVersion() != Version {
		return nil, fmt.Errorf("%w: it speaks version %d, the worker %d", wire.ErrAPIVersion, Version, r.GetApiVersion())
	}
	var v violations
	v.require("worker", r.GetWorker() != nil)
	_, err := wire.ParseWorkerName(r.GetWorker().GetName())
	v.add("worker.name", err)
	w := wire.ToWorker(r.GetWorker())
	if err == nil {
		v.add("worker", w.Validate())
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	if w, err = s.store.RegisterWorker(ctx, w); err != nil {
		return nil, err
	}
	s.seen.keep(w)
	s.config.Log.Info("a worker registered", "worker", w.Name, "slots", w.Slots, "version", w.Version, "kernels", w.KernelPath)
	return &pb.RegisterWorkerResponse{
		Worker: wire.FromWorker(w), ApiVersion: Version, ServerVersion: s.config.Version,
		LeaseTtl: durationpb.New(s.dispatcher.LeaseTTL()),
	}, nil
}

// ListWorkers implements the call.
func (s *Server) ListWorkers(ctx context.Context, r *pb.ListWorkersRequest) (*pb.ListWorkersResponse, error) {
	var v violations
	size, from := pageSize(&v, r.GetPageSize()), pageStart(&v, "workers", r.GetPageToken())
	if err := v.err(); err != nil {
		return nil, err
	}
	all, err := s.store.Workers(ctx)
	if err != nil {
		return nil, err
	}
	running, err := s.runningByWorker(ctx)
	if err != nil {
		return nil, err
	}
	page := &pb.ListWorkersResponse{}
	for _, w := range all {
		if w.Name < from {
			continue
		}
		if len(page.Workers) == size {
			page.NextPageToken = pageToken("workers", w.Name)
			break
		}
		m := wire.FromWorker(w)
		m.Running = running[w.Name]
		page.Workers = append(page.Workers, m)
	}
	return page, nil
}

// runningByWorker counts the running trials of all studies.
func (s *Server) runningByWorker(ctx context.Context) (map[string]int32, error) {
	slots, err := s.store.RunningByWorker(ctx)
	if err != nil {
		return nil, err
	}
	running := make(map[string]int32)
	for slot, trials := range slots {
		worker, _, _ := strings.Cut(slot, "/")
		running[worker] += int32(trials)
	}
	return running, nil
}

// DrainWorker implements the call.
func (s *Server) DrainWorker(ctx context.Context, r *pb.DrainWorkerRequest) (*pb.Worker, error) {
	name, err := wire.ParseWorkerName(r.GetName())
	if err != nil {
		return nil, invalid("name", err)
	}
	w, err := s.store.DrainWorker(ctx, name)
	if err != nil {
		return nil, err
	}
	s.seen.keep(w)
	s.config.Log.Info("a worker drains", "worker", w.Name)
	return wire.FromWorker(w), nil
}
