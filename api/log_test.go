package api_test

import (
	"bytes"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc/metadata"

	"github.com/goal-search/goal-search/api"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
)

// logText is what a server logs.
type logText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestServerLogs: an operator sees what changes, and with debug every call; nobody
// sees a token.
func TestServerLogs(t *testing.T) {
	const secret = "a-secret"
	for level, wanted := range map[slog.Level][]string{
		slog.LevelInfo: {
			`level=INFO msg="a worker registered" worker=ada slots=2 version=v1 `,
			`level=INFO msg="a worker drains" worker=ada`,
		},
		slog.LevelDebug: {
			`level=DEBUG msg=call method=/goalsearch.v1.SearchService/DrainWorker code=OK duration=\S+ peer=127.0.0.1:\d+`,
			`level=DEBUG msg=call method=/goalsearch.v1.SearchService/GetStudy code=NotFound `,
			`level=DEBUG msg=call method=/goalsearch.v1.SearchService/GetStudy code=Unauthenticated `,
			`level=DEBUG msg=call method=/goalsearch.v1.SearchService/WatchStudy code=NotFound `,
		},
	} {
		t.Run(level.String(), func(t *testing.T) {
			log := new(logText)
			s := serve(t, func(c *api.Config, a *api.Access) {
				a.Token = always(secret)
				c.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: level}))
			})
			ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+secret)
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			_, err := s.rpc.RegisterWorker(ctx, &pb.RegisterWorkerRequest{ApiVersion: 1, Worker: &pb.Worker{Name: "workers/ada", Slots: 2, Version: "v1"}})
			must(err)
			_, err = s.rpc.DrainWorker(ctx, &pb.DrainWorkerRequest{Name: "workers/ada"})
			must(err)
			if _, err := s.rpc.GetStudy(ctx, &pb.GetStudyRequest{Name: "studies/none"}); err == nil {
				t.Error("there is such a study")
			}
			if _, err := s.rpc.GetStudy(t.Context(), &pb.GetStudyRequest{Name: "studies/none"}); err == nil {
				t.Error("it needs no token")
			}
			stream, err := s.rpc.WatchStudy(ctx, &pb.WatchStudyRequest{Name: "studies/none"})
			must(err)
			if _, err := stream.Recv(); err == nil {
				t.Error("there is such a study")
			}
			s.stop() // after it, all is logged
			for _, want := range wanted {
				if !regexp.MustCompile(want).MatchString(log.String()) {
					t.Errorf("no line like\n%s\nin\n%s", want, log)
				}
			}
			if level == slog.LevelInfo && strings.Contains(log.String(), "msg=call") || strings.Contains(log.String(), secret) {
				t.Errorf("too much is told:\n%s", log)
			}
		})
	}
}
