package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// Bounds of a state's way. Saving is tried once: the trial goes on meanwhile,
// and there will be a newer state. Loading is worth some patience: without the
// state the trial begins anew.
const (
	transferTimeout = 2 * time.Minute
	loadPatience    = 2 * time.Minute
)

// SaveCheckpoint sends the state of a trial in parts, after the measurements
// that led to it and could not be delivered yet.
func (w *Worker) SaveCheckpoint(ctx context.Context, l study.Lease, epoch int, state []byte) error {
	if err := study.CheckState(epoch, len(state)); err != nil {
		return err
	}
	if err := w.tellAll(ctx, l, 0); err != nil {
		return fmt.Errorf("save the state after epoch %d: %w", epoch, answerError(ctx, err))
	}
	c := study.Checkpoint{Epoch: epoch, Size: len(state), SHA256: wire.HashOf(state)}
	_, err := try(ctx, transferTimeout, func(ctx context.Context) (*pb.SaveCheckpointResponse, error) {
		stream, err := w.client.rpc.SaveCheckpoint(ctx)
		if err != nil {
			return nil, err
		}
		err = stream.Send(&pb.SaveCheckpointRequest{Lease: wire.FromLease(l), Checkpoint: wire.FromCheckpoint(c)})
		for part := range slices.Chunk(state, wire.PartMax) {
			if err != nil { // io.EOF: the answer says why
				break
			}
			err = stream.Send(&pb.SaveCheckpointRequest{Content: part})
		}
		return stream.CloseAndRecv()
	})
	if err != nil {
		return fmt.Errorf("save the state after epoch %d: %w", epoch, wire.ToError(err))
	}
	return nil
}

// loaded is a state on its way.
type loaded struct {
	checkpoint study.Checkpoint
	state      []byte
}

// LoadCheckpoint receives the state that an earlier attempt left.
func (w *Worker) LoadCheckpoint(ctx context.Context, l study.Lease) (study.Checkpoint, []byte, error) {
	got, err := retry(ctx, loadPatience, transferTimeout, func(ctx context.Context) (got loaded, err error) {
		stream, err := w.client.rpc.LoadCheckpoint(ctx, &pb.LoadCheckpointRequest{Lease: wire.FromLease(l)})
		if err != nil {
			return got, err
		}
		first, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return got, fmt.Errorf("%w: an answer without a state", study.ErrState)
		}
		if err != nil {
			return got, err
		}
		got.checkpoint = wire.ToCheckpoint(first.GetCheckpoint())
		got.state, err = wire.ReceiveState(got.checkpoint, func() ([]byte, error) {
			part, err := stream.Recv()
			return part.GetContent(), err
		})
		return got, err
	})
	if err != nil {
		return study.Checkpoint{}, nil, fmt.Errorf("load the state of an earlier attempt: %w", err)
	}
	return got.checkpoint, got.state, nil
}
