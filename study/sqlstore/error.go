package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// contract are the errors that tell what a study's state does not allow.
var contract = []error{
	study.ErrNotFound, study.ErrExists, study.ErrNumberTaken, study.ErrBudget, study.ErrNoTrial,
	study.ErrLeaseLost, study.ErrTransition, study.ErrConflict, study.ErrPaused, study.ErrEnded, study.ErrTimeUp,
	study.ErrHeld, study.ErrFenced, study.ErrTooLarge, errPoisoned,
}

func isContract(err error) bool {
	for _, e := range contract {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// failed names the act and, where the database itself failed, the database.
func (s *Store) failed(ctx context.Context, act string, err error) error {
	if err == nil {
		return nil
	}
	if !isContract(err) {
		act = fmt.Sprintf("%s in store %s", act, s.where)
	}
	return s.describe(ctx, act, err)
}

// describe says which act failed, and as which of the contract's errors.
func (s *Store) describe(ctx context.Context, act string, err error) error {
	if ended := ctx.Err(); ended != nil && !isContract(err) {
		return fmt.Errorf("%s: %w", act, ended)
	}
	if kind := s.dialect.kindOf(err); kind != nil && !errors.Is(err, kind) {
		return fmt.Errorf("%s: %w: %w", act, kind, err)
	}
	return fmt.Errorf("%s: %w", act, err)
}
