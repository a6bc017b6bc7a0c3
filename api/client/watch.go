package client

import (
	"context"
	"errors"
	"io"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// Watch gives each event that is wanted to each, as they happen, until there
// are none to come, ctx ends, each fails, or the server cannot be reached for
// longer than the client's patience. A broken line is mended: no event is
// missed or given twice.
func (c *Client) Watch(ctx context.Context, studyID int64, w study.Watch, each func(study.Watched) error) error {
	name, err := c.nameOf(ctx, studyID)
	if err != nil {
		return err
	}
	line := watchLine{client: c, request: watchRequest(name, w), studyID: studyID, each: each}
	end := time.Now().Add(c.config.Patience)
	for pause := pauseFirst; ; pause = min(2*pause, pauseMax) {
		err := line.follow(ctx)
		if line.connected {
			end, pause = time.Now().Add(c.config.Patience), pauseFirst
		}
		switch {
		case line.stopped != nil:
			return line.stopped
		case errors.Is(err, io.EOF) && w.UntilNow:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case !passes(err), time.Now().After(end):
			return wire.ToError(c.explain(err))
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// watchLine is a line to the server over which events come, anew after each
// break.
type watchLine struct {
	client    *Client
	request   *pb.WatchStudyRequest // for what was not given to each yet
	studyID   int64
	each      func(study.Watched) error
	connected bool  // the server answered this time
	stopped   error // of each
}

// follow returns when the line breaks or each fails.
func (l *watchLine) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.connected = false
	stream, err := l.client.rpc.WatchStudy(ctx, l.request)
	if err != nil {
		return err
	}
	if _, err := stream.Header(); err != nil {
		return err
	}
	for l.connected = true; ; {
		m, err := stream.Recv()
		if err != nil {
			return err
		}
		w := toWatched(m.GetEvent(), l.studyID)
		if l.stopped = l.each(w); l.stopped != nil {
			return nil
		}
		l.request.AfterEvent, l.request.MaxAge, l.request.Tail = w.Number, nil, 0
	}
}

func toWatched(m *pb.Event, studyID int64) study.Watched {
	w := study.Watched{Event: wire.ToEvent(m)}
	if m.GetTrial() != nil {
		w.TrialNow = toTrial(m.GetTrial(), studyID)
	}
	return w
}

func watchRequest(studyName string, w study.Watch) *pb.WatchStudyRequest {
	r := &pb.WatchStudyRequest{
		Name: wire.StudyName(studyName), AfterEvent: w.After, SkipMeasurements: w.SkipMeasurements,
		Tail: int32(w.Tail), UntilNow: w.UntilNow,
	}
	if w.Trial != nil {
		number := int32(*w.Trial)
		r.Trial = &number
	}
	if w.MaxAge > 0 {
		r.MaxAge = durationpb.New(w.MaxAge)
	}
	return r
}
