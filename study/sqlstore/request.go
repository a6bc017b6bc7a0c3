package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/goal-search/goal-search/study"
)

// errRepeated ends a try that found the same request stored by another one
// that ran beside it.
var errRepeated = errors.New("the request was answered meanwhile")

// once is change that happens once for the request that ctx carries, if it
// carries one. result points to where f leaves what the transition returns.
func (s *Store) once(ctx context.Context, act string, what scope, result any, f func(tx *transaction) error) error {
	request, ok := study.RequestOf(ctx)
	if !ok {
		return s.change(ctx, act, what, f)
	}
	if request.ID == "" || len(request.ID) > study.RequestIDMax {
		return fmt.Errorf("%s: request ID of %d bytes: want 1 to %d", act, len(request.ID), study.RequestIDMax)
	}
	return s.change(ctx, act, what, func(tx *transaction) error {
		done, err := recall(ctx, tx, request, result)
		if err != nil || done {
			return err
		}
		if err := f(tx); err != nil {
			return err
		}
		return remember(ctx, tx, request, result)
	})
}

// asRequest gives a transition that cannot recognise its own traces a request
// of its own, by which a try after a broken connection does.
func asRequest(ctx context.Context) context.Context {
	if _, ok := study.RequestOf(ctx); ok {
		return ctx
	}
	return study.WithRequest(ctx, study.Request{ID: rand.Text()})
}

// recall fills result with what the request returned before.
func recall(ctx context.Context, tx *transaction, r study.Request, result any) (done bool, err error) {
	var fingerprint, stored string
	err = tx.QueryRowContext(ctx, `SELECT fingerprint, result FROM requests WHERE id = ?`, text(r.ID)).Scan(&fingerprint, &stored)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	case fingerprint != r.Fingerprint:
		return false, fmt.Errorf("%w: request %s was for something else", study.ErrConflict, r.ID)
	}
	return true, decode("the result of request "+r.ID, stored, result)
}

// GivenTrial implements study.Store.
func (s *Store) GivenTrial(ctx context.Context) (study.Trial, study.Lease, error) {
	act := "look for the trial of a request"
	request, ok := study.RequestOf(ctx)
	if !ok {
		return study.Trial{}, study.Lease{}, fmt.Errorf("%s: %w", act, study.ErrNotFound)
	}
	var given assignment
	err := s.view(ctx, act, func(tx *transaction) error {
		done, err := recall(ctx, tx, request, &given)
		if err == nil && !done {
			err = study.ErrNotFound
		}
		return err
	})
	return given.Trial, given.Lease, err
}

func remember(ctx context.Context, tx *transaction, r study.Request, result any) error {
	stored, err := encode(result)
	if err != nil {
		return fmt.Errorf("encode the result: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO requests (id, fingerprint, result, created_at) VALUES (?, ?, ?, ?)`,
		text(r.ID), r.Fingerprint, stored, tx.now)
	if tx.isDuplicate(err) {
		return errRepeated
	}
	return err
}

// ForgetRequests implements study.Store.
func (s *Store) ForgetRequests(ctx context.Context, age time.Duration) error {
	return s.change(ctx, "forget old requests", nothing, func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM requests WHERE created_at < ?`, tx.now-age.Microseconds())
		return err
	})
}
