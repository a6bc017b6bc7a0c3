package objective

import (
	"bytes"
	"context"
	"fmt"
	"reflect"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
)

// stateOf returns the run as trainer's Save writes it.
func stateOf(run *trainer.Run) ([]byte, error) {
	var state bytes.Buffer
	err := run.Save(&state)
	return state.Bytes(), err
}

// resume returns the run as it was when its state was kept. study.ErrState: it
// is that of another run, or one whose weights this machine would move
// otherwise.
func (e *Evaluator) resume(fresh *trainer.Run, state []byte) (*trainer.Run, error) {
	info, err := trainer.ReadInfo(bytes.NewReader(state))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", study.ErrState, err)
	case !reflect.DeepEqual(info.Config, fresh.Config()):
		return nil, fmt.Errorf("%w: it was trained with %+v, the trial is %+v", study.ErrState, info.Config, fresh.Config())
	case info.KernelPath != trainer.KernelPath():
		return nil, fmt.Errorf("%w: it was trained on kernel path %s, this is %s", study.ErrState, info.KernelPath, trainer.KernelPath())
	}
	run, err := trainer.LoadRun(bytes.NewReader(state), e.set, trainer.Options{Threads: e.threads})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", study.ErrState, err)
	}
	return run, nil
}

// valueOf is the value of a run whose last epoch is over already; else 0.
func valueOf(ctx context.Context, run *trainer.Run) (float64, error) {
	if !run.Done() {
		return 0, nil
	}
	return run.Validate(ctx)
}
