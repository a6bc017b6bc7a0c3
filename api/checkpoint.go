package api

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"google.golang.org/grpc"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// SaveCheckpoint implements the call.
func (s *Server) SaveCheckpoint(stream grpc.ClientStreamingServer[pb.SaveCheckpointRequest, pb.SaveCheckpointResponse]) error {
	ctx := stream.Context()
	first, err := stream.Recv()
	if errors.Is(err, io.EOF) {
		return invalid("checkpoint", errors.New("is required"))
	}
	if err != nil {
		return err
	}
	l, c, err := checkSave(first)
	if err != nil {
		return err
	}
	// Who has lost the lease need not send the state.
	if err := s.dispatcher.RenewLease(ctx, l); err != nil && !errors.Is(err, study.ErrStop) {
		return err
	}
	done, err := s.transfer(ctx)
	if err != nil {
		return err
	}
	defer done()
	var state []byte
	err = s.inTime(func() error {
		received, err := receiveState(c, stream)
		state = received
		return err
	})
	if err != nil {
		return err
	}
	if err := s.store.SaveCheckpoint(ctx, l, c.Epoch, state); err != nil {
		return err
	}
	return stream.SendAndClose(&pb.SaveCheckpointResponse{})
}

// receiveState puts together what a client sends.
func receiveState(c study.Checkpoint, stream grpc.ClientStreamingServer[pb.SaveCheckpointRequest, pb.SaveCheckpointResponse]) ([]byte, error) {
	var broken error
	state, err := wire.ReceiveState(c, func() ([]byte, error) {
		part, err := stream.Recv()
		if err != nil && !errors.Is(err, io.EOF) {
			broken = err
		}
		return part.GetContent(), err
	})
	if broken != nil {
		return nil, broken
	}
	return state, invalid("content", err)
}

// checkSave returns what the first message of a state says.
func checkSave(first *pb.SaveCheckpointRequest) (study.Lease, study.Checkpoint, error) {
	l, c := wire.ToLease(first.GetLease()), wire.ToCheckpoint(first.GetCheckpoint())
	var v violations
	checkLease(&v, "lease", first.GetLease())
	v.require("checkpoint", first.GetCheckpoint() != nil)
	v.require("checkpoint.sha256", c.SHA256 != "")
	if len(first.GetContent()) > 0 {
		v.add("content", fmt.Errorf("%d bytes: want none in the first message", len(first.GetContent())))
	}
	if err := v.err(); err != nil {
		return l, c, err
	}
	err := study.CheckState(c.Epoch, c.Size)
	if err != nil && !errors.Is(err, study.ErrTooLarge) {
		err = invalid("checkpoint", err)
	}
	return l, c, err
}

// LoadCheckpoint implements the call.
func (s *Server) LoadCheckpoint(r *pb.LoadCheckpointRequest, stream grpc.ServerStreamingServer[pb.LoadCheckpointResponse]) error {
	var v violations
	checkLease(&v, "lease", r.GetLease())
	if err := v.err(); err != nil {
		return err
	}
	done, err := s.transfer(stream.Context())
	if err != nil {
		return err
	}
	defer done()
	c, state, err := s.store.LoadCheckpoint(stream.Context(), wire.ToLease(r.GetLease()))
	if err != nil {
		return err
	}
	return s.inTime(func() error { return send(c, state, stream) })
}

// send sends a state in parts.
func send(c study.Checkpoint, state []byte, stream grpc.ServerStreamingServer[pb.LoadCheckpointResponse]) error {
	if err := stream.Send(&pb.LoadCheckpointResponse{Checkpoint: wire.FromCheckpoint(c)}); err != nil {
		return err
	}
	for part := range slices.Chunk(state, wire.PartMax) {
		if err := stream.Send(&pb.LoadCheckpointResponse{Content: part}); err != nil {
			return err
		}
	}
	return nil
}
