package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/goal-search/goal-search/study"
)

// handBackTimeout bounds how long a worker that was told to leave stays to
// save its trial's state, and again to give it back. Without that the trial's
// lease runs out.
const handBackTimeout = 5 * time.Second

// runTrial sees one trial to its end. A lost lease is no error: the trial is
// somebody else's, and the slot goes on.
func (w *Worker) runTrial(ctx context.Context, spec study.Spec, t study.Trial, l study.Lease) error {
	w.config.Notify(Event{Kind: Taken, Trial: t})
	k := w.newKeeper(t, l)
	outcome, err := w.evaluate(ctx, spec, t, l, k)
	if err == nil {
		var finished study.Trial
		if finished, err = w.finish(ctx, l, outcome); err == nil {
			w.config.Notify(Event{Kind: Finished, Trial: finished})
			return nil
		}
	}
	if errors.Is(err, study.ErrLeaseLost) {
		w.config.Notify(Event{Kind: LeaseLost, Trial: t, Err: err})
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	} else {
		err = fmt.Errorf("trial %d: %w", t.Number, err)
	}
	k.saveLast(ctx)
	w.handBack(ctx, t, l, err)
	return err
}

// finish delivers the outcome, for a while even though ctx has ended: a
// coordinator that cannot be reached must not keep a worker that is to leave.
func (w *Worker) finish(ctx context.Context, l study.Lease, o study.Outcome) (study.Trial, error) {
	delivering, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(handBackTimeout, cancel)
		context.AfterFunc(delivering, func() { timer.Stop() })
	})()
	return w.coordinator.FinishTrial(delivering, l, o)
}

// handBack makes the trial waiting again, so that nobody waits for its lease
// to run out. It may fail where the store itself does; the lease then ends.
func (w *Worker) handBack(ctx context.Context, t study.Trial, l study.Lease, why error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handBackTimeout)
	defer cancel()
	err := w.coordinator.HandBackTrial(ctx, l, why.Error())
	w.config.Notify(Event{Kind: HandedBack, Trial: t, Err: errors.Join(why, err)})
}

// evaluate runs the evaluator under a heartbeat. The error is ErrLeaseLost,
// wrapped, when the lease ended meanwhile. A trial that was told to stop is
// pruned with the value that it had reached.
func (w *Worker) evaluate(ctx context.Context, spec study.Spec, t study.Trial, l study.Lease, k *keeper) (study.Outcome, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stopHeartbeat := w.startHeartbeat(ctx, l, cancel)
	defer stopHeartbeat()
	p := study.Progress{Keep: k.progress(ctx)}
	var last *study.Measurement
	p.Report = func(m study.Measurement) error {
		m.Attempt = l.Attempt
		err := w.coordinator.Report(ctx, l, m)
		if err != nil && !errors.Is(err, study.ErrStop) {
			return err
		}
		last = &m
		w.config.Notify(Event{Kind: Measured, Trial: t, Measurement: m})
		return err
	}
	if c, ok := k.resume(ctx, &p); ok {
		last = &study.Measurement{Epoch: c.Epoch, Value: c.Value}
	}
	outcome, err := evaluateSafely(ctx, w.evaluator, spec, t, p)
	if errors.Is(err, study.ErrState) {
		k.beginAnew(&p, err)
		last = nil
		outcome, err = evaluateSafely(ctx, w.evaluator, spec, t, p)
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	if errors.Is(err, study.ErrStop) {
		return stopped(last, err), nil
	}
	return outcome, err
}

// stopped is the outcome of a trial that was told to stop after its last
// measurement, which may be none.
func stopped(last *study.Measurement, why error) study.Outcome {
	if last == nil {
		return study.Outcome{State: study.Failed, Reason: fmt.Sprintf("before its first epoch: %v", why)}
	}
	return study.Outcome{State: study.Pruned, Value: last.Value, Reason: why.Error()}
}

// evaluateSafely makes a panic the failure of its trial: the same parameters
// would panic again on every worker.
func evaluateSafely(ctx context.Context, e Evaluator, spec study.Spec, t study.Trial, p study.Progress) (o study.Outcome, err error) {
	defer func() {
		if r := recover(); r != nil {
			o = study.Outcome{State: study.Failed, Reason: fmt.Sprintf("panic: %v%s", r, where(debug.Stack()))}
			err = nil
		}
	}()
	return e.Evaluate(ctx, spec, t, p)
}

// where returns the function that panicked, " in package.Function", from its
// stack: the one under the runtime's own panic.
func where(stack []byte) string {
	_, under, found := strings.Cut(string(stack), "\npanic(")
	lines := strings.Split(under, "\n")
	for i := 2; found && i < len(lines); i += 2 {
		if !strings.HasPrefix(lines[i], "runtime.") {
			name, _, _ := strings.Cut(lines[i], "(0x")
			return " in " + strings.TrimSuffix(name, "(...)")
		}
	}
	return ""
}

// startHeartbeat renews the lease four times per TTL until ctx ends. It ends
// the evaluation when the lease is lost or the trial is to stop; other errors it leaves to the next
// beat, since the lease outlives three of them. The function that it returns
// stops it and waits for it.
func (w *Worker) startHeartbeat(ctx context.Context, l study.Lease, end context.CancelCauseFunc) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(w.coordinator.LeaseTTL() / 4)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				err := w.coordinator.RenewLease(ctx, l)
				if errors.Is(err, study.ErrLeaseLost) || errors.Is(err, study.ErrStop) {
					end(err)
					return
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}
