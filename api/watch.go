package api

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// Bounds of WatchStudy: how many events are read at a time, and how often
// when another server may have written them.
const (
	eventsAtOnce  = 100
	watchInterval = time.Second
)

// WatchStudy implements the call.
func (s *Server) WatchStudy(r *pb.WatchStudyRequest, stream grpc.ServerStreamingServer[pb.WatchStudyResponse]) error {
	ctx := stream.Context()
	if r.GetAfterEvent() < -1 {
		return invalid("after_event", fmt.Errorf("%d: want -1 or more", r.GetAfterEvent()))
	}
	found, err := s.findStudy(ctx, "name", r.GetName())
	if err != nil {
		return err
	}
	after := r.GetAfterEvent()
	if after == -1 {
		if after, err = s.store.LastEvent(ctx, found.ID); err != nil {
			return err
		}
	}
	if err := stream.SendHeader(nil); err != nil { // tells the client that it is heard
		return err
	}
	for {
		happened := s.dispatcher.NextEvent()
		events, err := s.store.Events(ctx, found.ID, after, eventsAtOnce)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := s.send(ctx, stream, found, e); err != nil {
				return err
			}
			after = e.Number
		}
		if len(events) == 0 {
			if err := s.pause(ctx, happened); err != nil {
				return err
			}
		}
	}
}

// pause ends when something happens, or may have.
func (s *Server) pause(ctx context.Context, happened <-chan struct{}) error {
	timer := time.NewTimer(watchInterval)
	defer timer.Stop()
	select {
	case <-happened:
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing.Done():
		return s.closed()
	}
	return nil
}

// send sends an event with its trial.
func (s *Server) send(ctx context.Context, stream grpc.ServerStreamingServer[pb.WatchStudyResponse], found study.Study, e study.Event) error {
	m := wire.FromEvent(e)
	if e.Kind != study.StateChanged {
		t, err := s.store.Trial(ctx, found.ID, e.Trial)
		if err != nil {
			return err
		}
		m.Trial = wire.FromTrial(found.Name, t)
	}
	return stream.Send(&pb.WatchStudyResponse{Event: m})
}
