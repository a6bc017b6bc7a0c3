package client

import (
	"context"
	"errors"
	"time"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// reportTimeout bounds how long a report keeps a training waiting.
const reportTimeout = 5 * time.Second

// Report delivers a measurement and those before it that could not be. While
// the server cannot be reached it keeps them, so that the training goes on.
func (w *Worker) Report(ctx context.Context, l study.Lease, m study.Measurement) error {
	w.mu.Lock()
	w.untold[l.Token] = append(w.untold[l.Token], &pb.AddTrialMeasurementRequest{
		Lease: wire.FromLease(l), Measurement: wire.FromMeasurement(m), RequestId: newRequestID(),
	})
	w.mu.Unlock()
	err := w.tell(ctx, l, 0)
	if passes(err) && ctx.Err() == nil {
		return nil
	}
	if err != nil && !errors.Is(err, study.ErrStop) {
		w.forget(l, -1) // the trial is another's, or handed back
	}
	return answerError(ctx, err)
}

// tell delivers what the lease's trial has measured, in order, each for as long
// as patience lasts.
func (w *Worker) tell(ctx context.Context, l study.Lease, patience time.Duration) error {
	for {
		w.mu.Lock()
		untold := w.untold[l.Token]
		w.mu.Unlock()
		if len(untold) == 0 {
			return nil
		}
		answer, err := retryRaw(ctx, patience, reportTimeout, func(ctx context.Context) (*pb.AddTrialMeasurementResponse, error) {
			return w.client.rpc.AddTrialMeasurement(ctx, untold[0])
		})
		if err != nil {
			return err
		}
		w.forget(l, 1)
		if answer.GetShouldStop() {
			return told{study.ErrStop, answer.GetReason()}
		}
	}
}

// tellAll is tell for who cannot stop now: the trial's next report is told so
// again, and one that has ended needs not be.
func (w *Worker) tellAll(ctx context.Context, l study.Lease, patience time.Duration) error {
	for {
		if err := w.tell(ctx, l, patience); !errors.Is(err, study.ErrStop) {
			return err
		}
	}
}

// forget drops the first n of what the lease's trial has measured; -1: all.
func (w *Worker) forget(l study.Lease, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	left := w.untold[l.Token]
	if n < 0 || n >= len(left) {
		delete(w.untold, l.Token)
		return
	}
	w.untold[l.Token] = left[n:]
}

// FinishTrial delivers the outcome, and what was measured before it, however
// often the line breaks.
func (w *Worker) FinishTrial(ctx context.Context, l study.Lease, o study.Outcome) (study.Trial, error) {
	defer w.forget(l, -1)
	if err := w.tellAll(ctx, l, Offline); err != nil {
		return study.Trial{}, answerError(ctx, err)
	}
	request := &pb.CompleteTrialRequest{
		Lease: wire.FromLease(l), FinalState: wire.FromTrialState(o.State), Value: &o.Value, Reason: o.Reason, RequestId: newRequestID(),
	}
	m, err := retry(ctx, Offline, callTimeout, func(ctx context.Context) (*pb.Trial, error) {
		return w.client.rpc.CompleteTrial(ctx, request)
	})
	if err != nil {
		return study.Trial{}, err
	}
	return toTrial(m, l.StudyID), nil
}

// HandBackTrial gives the trial up. What was measured and not told is lost with
// the attempt.
func (w *Worker) HandBackTrial(ctx context.Context, l study.Lease, reason string) error {
	defer w.forget(l, -1)
	request := &pb.HandBackTrialRequest{Lease: wire.FromLease(l), Reason: reason, RequestId: newRequestID()}
	_, err := retry(ctx, Offline, callTimeout, func(ctx context.Context) (any, error) {
		return w.client.rpc.HandBackTrial(ctx, request)
	})
	return err
}
