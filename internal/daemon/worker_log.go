package daemon

import (
	"log/slog"

	"github.com/goal-search/goal-search/internal/worker"
)

// logEvent tells what happens to trials; each epoch only to who debugs.
func logEvent(log *slog.Logger, study string, e worker.Event) {
	log = log.With("study", study, "trial", e.Trial.Number)
	switch e.Kind {
	case worker.Taken:
		log.Info("took a trial")
	case worker.Resumed:
		log.Info("goes on with a trial", "after_epoch", e.Checkpoint.Epoch, "of_attempt", e.Checkpoint.Attempt)
	case worker.Saved:
		log.Debug("saved a trial's state", "epoch", e.Checkpoint.Epoch, "bytes", e.Checkpoint.Size)
	case worker.NotKept:
		log.Warn("a trial's state is not kept", "error", e.Err)
	case worker.Measured:
		log.Debug("epoch", "epoch", e.Measurement.Epoch, "value", e.Measurement.Value)
	case worker.Finished:
		log.Info("finished a trial", outcome(e)...)
	case worker.HandedBack:
		log.Info("handed a trial back", "reason", e.Err)
	case worker.LeaseLost:
		log.Warn("lost a trial to another worker", "reason", e.Err)
	}
}

// outcome is how a trial ended, as far as there is something to say.
func outcome(e worker.Event) []any {
	all := []any{"state", e.Trial.State}
	if e.Trial.Value != nil {
		all = append(all, "value", *e.Trial.Value)
	}
	if e.Trial.Reason != "" {
		all = append(all, "reason", e.Trial.Reason)
	}
	return all
}
