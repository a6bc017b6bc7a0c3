package api

import (
	"encoding/json"
	"io"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// FuzzImportCheck: whatever a client sends as a trial is refused, or is one that
// a store may keep and that crosses the wire again as it is.
func FuzzImportCheck(f *testing.F) {
	at, value := time.UnixMicro(1_700_000_000_000_001).UTC(), 0.5
	space := study.Space{{Name: "x", Low: -1, High: 1}}
	for _, h := range []study.History{
		{},
		{Trial: study.Trial{State: study.Waiting, Parameters: study.Parameters{"x": 1}, CreatedAt: at}},
		{
			Trial: study.Trial{
				State: study.Complete, Parameters: study.Parameters{"x": 0}, CreatedAt: at, FinishedAt: at, Rank: 1, Value: &value,
				Attempts: []study.Attempt{{Number: 1, StartedAt: at, EndedAt: at, Ended: "complete"}},
			},
			Measurements: []study.Measurement{{Attempt: 1, At: at, Metrics: study.Metrics{"goal": 1}}},
		},
	} {
		err := wire.FromHistory("first", h, func(m *pb.History) error {
			data, err := proto.Marshal(m)
			f.Add(data)
			return err
		})
		if err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := &pb.History{}
		if proto.Unmarshal(data, m) != nil || m.GetTrial() == nil {
			return
		}
		h := joined(t, m)
		c := importCheck{space: space, ranks: make(map[int]bool)}
		if c.trial(h) != nil {
			return
		}
		if err := h.Validate(0); err != nil {
			t.Errorf("a trial was taken that no store keeps: %v", err)
		}
		var parts []*pb.History
		err := wire.FromHistory("first", h, func(m *pb.History) error { parts = append(parts, m); return nil })
		if err != nil {
			t.Fatal(err)
		}
		if got, want := text(t, joined(t, parts...)), text(t, h); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// joined is the one trial of the messages.
func joined(t *testing.T, parts ...*pb.History) (joined study.History) {
	t.Helper()
	err := wire.ReceiveHistories(func() (*pb.History, error) {
		if len(parts) == 0 {
			return nil, io.EOF
		}
		first := parts[0]
		parts = parts[1:]
		return first, nil
	}, func(h study.History) error { joined = h; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return joined
}

func text(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
