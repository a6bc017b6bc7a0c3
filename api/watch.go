package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"google.golang.org/grpc"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// watchInterval is how often events are looked for when another server may
// have written them.
const watchInterval = time.Second

// WatchStudy implements the call.
func (s *Server) WatchStudy(r *pb.WatchStudyRequest, stream grpc.ServerStreamingServer[pb.WatchStudyResponse]) error {
	ctx := stream.Context()
	watch, err := watchOf(r)
	if err != nil {
		return err
	}
	found, err := s.findStudy(ctx, "name", r.GetName())
	if err != nil {
		return err
	}
	watcher, err := study.NewWatcher(ctx, s.store, found.ID, watch)
	if err != nil {
		return err
	}
	if err := stream.SendHeader(nil); err != nil { // tells the client that it is heard
		return err
	}
	for {
		happened := s.dispatcher.NextEvent()
		events, err := watcher.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := stream.Send(&pb.WatchStudyResponse{Event: wire.FromEvent(found.Name, e)}); err != nil {
				return err
			}
		}
		if len(events) == 0 {
			if err := s.pause(ctx, happened); err != nil {
				return err
			}
		}
	}
}

// watchOf turns a request into what is wanted.
func watchOf(r *pb.WatchStudyRequest) (study.Watch, error) {
	var v violations
	w := study.Watch{
		EventFilter: study.EventFilter{After: r.GetAfterEvent(), SkipMeasurements: r.GetSkipMeasurements()},
		MaxAge:      r.GetMaxAge().AsDuration(), Tail: int(r.GetTail()), UntilNow: r.GetUntilNow(),
	}
	if w.After < -1 {
		v.add("after_event", fmt.Errorf("%d: want -1 or more", w.After))
	}
	if r.Trial != nil { //nolint:protogetter // nil when it is not set
		v.within("trial", r.GetTrial(), 0, math.MaxInt32)
		number := int(r.GetTrial())
		w.Trial = &number
	}
	if w.MaxAge < 0 {
		v.add("max_age", fmt.Errorf("%v: want more than 0, or 0 for no bound", w.MaxAge))
	}
	v.within("tail", r.GetTail(), 0, math.MaxInt32)
	return w, v.err()
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
