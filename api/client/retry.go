package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/goal-search/goal-search/api/wire"
)

// Between two tries of a call.
const (
	pauseFirst = 100 * time.Millisecond
	pauseMax   = 10 * time.Second
)

// passes tells whether the same call may succeed later: the server cannot be
// reached, is overloaded, or did not answer in time, or its token is being
// replaced, here and there not at the same instant.
func passes(err error) bool {
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.ResourceExhausted, codes.Unauthenticated:
		return true
	}
	return false
}

// retry repeats a call, each try within the timeout, until it succeeds, fails
// for good, or patience or ctx ends.
func retry[T any](ctx context.Context, patience, timeout time.Duration, call func(ctx context.Context) (T, error)) (T, error) {
	answer, err := retryRaw(ctx, patience, timeout, call)
	return answer, answerError(ctx, err)
}

// retryRaw is retry whose error is the call's own.
func retryRaw[T any](ctx context.Context, patience, timeout time.Duration, call func(ctx context.Context) (T, error)) (T, error) {
	end := time.Now().Add(patience)
	for pause := pauseFirst; ; pause = min(2*pause, pauseMax) {
		answer, err := try(ctx, timeout, call)
		left := time.Until(end)
		if err == nil || !passes(err) || ctx.Err() != nil || left <= 0 {
			return answer, err
		}
		select {
		case <-time.After(min(left, pause/2+rand.N(pause/2))): // many workers do not come back all at once
		case <-ctx.Done():
			return answer, ctx.Err()
		}
	}
}

func try[T any](ctx context.Context, timeout time.Duration, call func(ctx context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return call(ctx)
}

// answerError is the server's error as one of study's, or ctx's own.
func answerError(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && (passes(err) || errors.Is(wire.ToError(err), ctx.Err())) {
		return ctx.Err()
	}
	return wire.ToError(err)
}

// call is retry with the client's own patience, for a person, who can mend what
// lasts.
func call[T any](ctx context.Context, c *Client, do func(ctx context.Context) (T, error)) (T, error) {
	return attended(ctx, c.config.Patience, do)
}

// attended is retry that ends with what only a person can mend. A worker that
// has started once waits for that too: its results are worth it.
func attended[T any](ctx context.Context, patience time.Duration, do func(ctx context.Context) (T, error)) (T, error) {
	return retry(ctx, patience, callTimeout, func(ctx context.Context) (T, error) {
		answer, err := do(ctx)
		return answer, final(err)
	})
}
