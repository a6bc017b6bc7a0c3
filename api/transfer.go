package api

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// transfersMax bounds how many states are in memory at a time. A state that is
// not received yet waits at its worker.
const transfersMax = 4

// transfer waits until a state may be held in memory. The function that it
// returns gives the place back.
func (s *Server) transfer(ctx context.Context) (done func(), err error) {
	return s.enter(ctx, s.transfers)
}

// enter waits until there is one of a bounded number of places. The function
// that it returns gives the place back.
func (s *Server) enter(ctx context.Context, places chan struct{}) (leave func(), err error) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-s.closing.Done():
		return nil, s.closed()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// DefaultTransferTime is how long a state may be on its way: a client that
// stalls gives its place in memory to others.
const DefaultTransferTime = 2 * time.Minute

// inTime is transfer unless it takes too long. Returning from a call ends its
// stream, and with that a transfer that still waits for its client.
func (s *Server) inTime(transfer func() error) error {
	transferred := make(chan error, 1)
	go func() { transferred <- transfer() }()
	timer := time.NewTimer(s.config.TransferTime)
	defer timer.Stop()
	select {
	case err := <-transferred:
		return err
	case <-timer.C:
		return status.Errorf(codes.DeadlineExceeded, "the state was not through after %v", s.config.TransferTime)
	case <-s.closing.Done():
		return s.closed()
	}
}
