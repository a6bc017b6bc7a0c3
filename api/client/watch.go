package client

import (
	"context"
	"time"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// Watched is an event with its trial.
type Watched struct {
	study.Event
	TrialNow study.Trial `json:"trial_now,omitzero"` // as it was when the event was sent; zero with study.StateChanged
}

// Watch gives each event after that number, or with -1 each that is yet to come,
// to each, as they happen, until ctx
// ends, each fails, or the server cannot be reached for longer than the
// client's patience. A broken line is mended: no event is missed or given
// twice.
func (c *Client) Watch(ctx context.Context, studyID int64, after int64, each func(Watched) error) error {
	name, err := c.nameOf(ctx, studyID)
	if err != nil {
		return err
	}
	line := watchLine{client: c, name: name, studyID: studyID, after: after, each: each}
	end := time.Now().Add(c.config.Patience)
	for pause := pauseFirst; ; pause = min(2*pause, pauseMax) {
		err := line.follow(ctx)
		if line.connected {
			end, pause = time.Now().Add(c.config.Patience), pauseFirst
		}
		switch {
		case line.stopped != nil:
			return line.stopped
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
	name      string
	studyID   int64
	after     int64 // the last event that was given to each
	each      func(Watched) error
	connected bool  // the server answered this time
	stopped   error // of each
}

// follow returns when the line breaks or each fails.
func (l *watchLine) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.connected = false
	stream, err := l.client.rpc.WatchStudy(ctx, &pb.WatchStudyRequest{Name: wire.StudyName(l.name), AfterEvent: l.after})
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
		l.after = w.Number
	}
}

func toWatched(m *pb.Event, studyID int64) Watched {
	w := Watched{Event: wire.ToEvent(m)}
	if m.GetTrial() != nil {
		w.TrialNow = toTrial(m.GetTrial(), studyID)
	}
	return w
}
