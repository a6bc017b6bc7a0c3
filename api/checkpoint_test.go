package api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/goal-search/goal-search/api"
	"github.com/goal-search/goal-search/api/client"
	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// stateOf returns bytes that look like a state.
func stateOf(size int) []byte {
	state := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(state) // never fails
	return state
}

// worker returns a client's worker, and a lease on a trial with one measured
// epoch.
func (s *service) worker(name string) (*client.Worker, study.Lease) {
	s.t.Helper()
	w, err := client.NewWorker(s.t.Context(), s.client(), client.WorkerConfig{Worker: study.Worker{Name: "ada", Slots: 1}, Study: name})
	if err != nil {
		s.t.Fatal(err)
	}
	_, _, l, err := w.TakeTrial(s.t.Context(), "ada/1", study.Environment{Version: "v1", KernelPath: "generic"})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := w.Report(s.t.Context(), l, study.Measurement{Value: 0.5}); err != nil {
		s.t.Fatal(err)
	}
	return w, l
}

func TestStatesCrossTheWire(t *testing.T) {
	s := serve(t)
	s.create("first", 9)
	for _, size := range []int{1, wire.PartMax, 9*wire.PartMax + 17} { // larger than a message
		w, l := s.worker("first")
		want := stateOf(size)
		for range 2 { // saved again, it is the same
			if err := w.SaveCheckpoint(t.Context(), l, 0, want); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.HandBackTrial(t.Context(), l, "leaving"); err != nil {
			t.Fatal(err)
		}
		w, l = s.worker("first")
		c, got, err := w.LoadCheckpoint(t.Context(), l)
		if err != nil || !bytes.Equal(got, want) || c.Attempt != 1 || c.Epoch != 0 || c.Value != 0.5 || c.Environment.KernelPath != "generic" || c.At.IsZero() {
			t.Errorf("got %d bytes with %+v, error %v, want %d bytes", len(got), c, err, size)
		}
		if _, err := w.FinishTrial(t.Context(), l, study.Outcome{State: study.Complete}); err != nil {
			t.Fatal(err)
		}
		wantError(t, "save after the end", w.SaveCheckpoint(t.Context(), l, 0, want), study.ErrLeaseLost)
		_, _, err = w.LoadCheckpoint(t.Context(), l)
		wantError(t, "load after the end", err, study.ErrLeaseLost)
	}
}

func TestErrorsOfStates(t *testing.T) {
	s := serve(t)
	s.create("first", 9)
	w, l := s.worker("first")
	_, _, err := w.LoadCheckpoint(t.Context(), l)
	wantError(t, "none yet", err, study.ErrNotFound)
	wantError(t, "an epoch that was not measured", w.SaveCheckpoint(t.Context(), l, 1, []byte("state")), study.ErrTransition)
	wantError(t, "too large", w.SaveCheckpoint(t.Context(), l, 0, make([]byte, study.StateMax+1)), study.ErrTooLarge)
	if err := w.SaveCheckpoint(t.Context(), l, 0, []byte("state")); err != nil {
		t.Fatal(err)
	}
	wantError(t, "another state", w.SaveCheckpoint(t.Context(), l, 0, []byte("other")), study.ErrConflict)
	l.Token = "guessed"
	wantError(t, "forged", w.SaveCheckpoint(t.Context(), l, 0, stateOf(9*wire.PartMax)), study.ErrLeaseLost)
}

// TestWrongStatesAreRefused: what a client in any language may get wrong.
func TestWrongStatesAreRefused(t *testing.T) {
	s := serve(t)
	s.create("first", 9)
	w, l := s.worker("first")
	state := []byte("a state")
	good := &pb.Checkpoint{Size: int64(len(state)), Sha256: wire.HashOf(state)}
	for name, c := range map[string]struct {
		first  *pb.SaveCheckpointRequest
		parts  []string
		fields []string
	}{
		"nothing":      {first: nil, fields: []string{"checkpoint"}},
		"empty":        {first: &pb.SaveCheckpointRequest{}, fields: []string{"lease", "lease.study_uid", "lease.attempt", "lease.token", "checkpoint", "checkpoint.sha256"}},
		"content":      {first: &pb.SaveCheckpointRequest{Lease: wire.FromLease(l), Checkpoint: good, Content: state}, fields: []string{"content"}},
		"no bytes":     {first: &pb.SaveCheckpointRequest{Lease: wire.FromLease(l), Checkpoint: &pb.Checkpoint{Sha256: "x"}}, fields: []string{"checkpoint"}},
		"minus one":    {first: &pb.SaveCheckpointRequest{Lease: wire.FromLease(l), Checkpoint: &pb.Checkpoint{Sha256: "x", Size: 1, Epoch: -1}}, fields: []string{"checkpoint"}},
		"too large":    {first: &pb.SaveCheckpointRequest{Lease: wire.FromLease(l), Checkpoint: &pb.Checkpoint{Sha256: "x", Size: study.StateMax + 1}}},
		"too few":      {first: &pb.SaveCheckpointRequest{Lease: wire.FromLease(l), Checkpoint: good}, parts: []string{"a sta"}, fields: []string{"content"}},
		"too many":     {first: &pb.SaveCheckpointRequest{Lease: wire.FromLease(l), Checkpoint: good}, parts: []string{"a stat", "es"}, fields: []string{"content"}},
		"another hash": {first: &pb.SaveCheckpointRequest{Lease: wire.FromLease(l), Checkpoint: good}, parts: []string{"a slate"}, fields: []string{"content"}},
	} {
		t.Run(name, func(t *testing.T) {
			stream, err := s.rpc.SaveCheckpoint(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if c.first != nil {
				err = stream.Send(c.first)
			}
			for _, part := range c.parts {
				err = errors.Join(err, stream.Send(&pb.SaveCheckpointRequest{Content: []byte(part)}))
			}
			_, answer := stream.CloseAndRecv()
			if got := violated(answer); status.Code(answer) != codes.InvalidArgument || !slices.Equal(got, c.fields) {
				t.Errorf("got %v with fields %q, want %q; sent with error %v", answer, got, c.fields, err)
			}
		})
	}
	_, _, err := w.LoadCheckpoint(t.Context(), l)
	wantError(t, "nothing was kept", err, study.ErrNotFound)
}

// TestStateFollowsItsMeasurements: what could not be reported while the server
// was away comes before the state that it led to.
func TestStateFollowsItsMeasurements(t *testing.T) {
	s := serve(t)
	made := s.create("first", 1)
	w, l := s.worker("first")
	s.stop()
	if err := w.Report(t.Context(), l, study.Measurement{Epoch: 1}); err != nil {
		t.Fatal(err)
	}
	if w.SaveCheckpoint(t.Context(), l, 1, []byte("state")) == nil {
		t.Error("saved at no server")
	}
	s.start(s.address)
	_, _, err := w.LoadCheckpoint(t.Context(), l) // waits for the server
	wantError(t, "none yet", err, study.ErrNotFound)
	if err := w.SaveCheckpoint(t.Context(), l, 1, []byte("state")); err != nil {
		t.Fatal(err)
	}
	all, err := s.store.Measurements(t.Context(), made.ID, 0)
	if err != nil || len(all) != 2 {
		t.Errorf("got %v, error %v, want epochs 0 and 1", all, err)
	}
}

// TestManyStatesAtOnce: more than the server holds in memory at a time.
func TestManyStatesAtOnce(t *testing.T) {
	s := serve(t)
	s.create("first", 12)
	errs := make(chan error)
	for i := range 12 {
		w, l := s.worker("first")
		go func() {
			state := stateOf(2*wire.PartMax + i)
			err := w.SaveCheckpoint(t.Context(), l, 0, state)
			if err == nil {
				var got []byte
				if _, got, err = w.LoadCheckpoint(t.Context(), l); !bytes.Equal(got, state) {
					err = errors.Join(err, fmt.Errorf("got %d bytes, want %d", len(got), len(state)))
				}
			}
			errs <- err
		}()
	}
	for range 12 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// TestStalledTransfersGiveWay: as many clients as the server has places for
// begin to send a state, and to receive one, and do nothing more.
func TestStalledTransfersGiveWay(t *testing.T) {
	s := serve(t, func(c *api.Config, _ *api.Access) { c.TransferTime = time.Second })
	s.create("first", 1)
	w, l := s.worker("first")
	state := stateOf(40 * wire.PartMax) // more than a line holds
	if err := s.store.SaveCheckpoint(t.Context(), l, 0, state); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		saving, err := s.rpc.SaveCheckpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		begin := &pb.SaveCheckpointRequest{Lease: wire.FromLease(l), Checkpoint: &pb.Checkpoint{Epoch: 1, Size: 9, Sha256: "x"}}
		if err := saving.Send(begin); err != nil {
			t.Fatal(err)
		}
		if _, err := s.rpc.LoadCheckpoint(t.Context(), &pb.LoadCheckpointRequest{Lease: wire.FromLease(l)}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := w.Report(ctx, l, study.Measurement{Epoch: 1, Value: 0.5}); err != nil {
		t.Fatal(err)
	}
	if err := w.SaveCheckpoint(ctx, l, 1, stateOf(10)); err != nil {
		t.Errorf("beside stalled transfers: %v", err)
	}
}
