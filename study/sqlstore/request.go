package sqlstore

import (
	"context"
	"crypto/rand"
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
	if err := request.Validate(); err != nil {
		return fmt.Errorf("%s: %w", act, err)
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
	all, err := recallAll(ctx, tx, []study.Request{r})
	before, done := all[r.ID]
	if err != nil || !done {
		return false, err
	}
	return true, before.repeat(r, result)
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
	a, err := answer(r, result)
	if err != nil {
		return err
	}
	return rememberAll(ctx, tx, []answered{a})
}

// answered is a request with what it returned, as JSON.
type answered struct {
	study.Request
	result string
}

func answer(r study.Request, result any) (answered, error) {
	stored, err := encode(result)
	if err != nil {
		return answered{}, fmt.Errorf("encode the result: %w", err)
	}
	return answered{r, stored}, nil
}

// repeat fills result with what was answered, if it was the same request.
func (a answered) repeat(r study.Request, result any) error {
	if a.Fingerprint != r.Fingerprint {
		return fmt.Errorf("%w: request %s was for something else", study.ErrConflict, r.ID)
	}
	return decode("the result of request "+r.ID, a.result, result)
}

// recallAll returns the requests that were answered before, by their IDs.
func recallAll(ctx context.Context, tx *transaction, requests []study.Request) (map[string]answered, error) {
	if len(requests) == 0 {
		return nil, nil
	}
	ids := make([]any, 0, len(requests))
	for _, r := range requests {
		ids = append(ids, r.ID)
	}
	rows, err := tx.QueryContext(ctx, `SELECT id, fingerprint, result FROM requests WHERE id IN (`+placeholders(len(ids))+`)`, ids...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := make(map[string]answered)
	for rows.Next() {
		var a answered
		if err := rows.Scan(&a.ID, &a.Fingerprint, &a.result); err != nil {
			return nil, err
		}
		all[a.ID] = a
	}
	return all, rows.Err()
}

// rememberAll stores what requests returned.
func rememberAll(ctx context.Context, tx *transaction, all []answered) error {
	var rows [][]any
	for _, a := range all {
		rows = append(rows, []any{a.ID, a.Fingerprint, a.result, tx.now})
	}
	err := insertRows(ctx, tx, "requests", "id, fingerprint, result, created_at", rows)
	if tx.isDuplicate(err) {
		return errRepeated
	}
	return err
}

// forgottenAtOnce bounds how long a transaction keeps others from the requests.
const forgottenAtOnce = 1000

// ForgetRequests implements study.Store.
func (s *Store) ForgetRequests(ctx context.Context, age time.Duration) error {
	for {
		forgotten, err := s.forgetSome(ctx, age)
		if err != nil || forgotten < forgottenAtOnce {
			return err
		}
	}
}

func (s *Store) forgetSome(ctx context.Context, age time.Duration) (forgotten int, err error) {
	err = s.change(ctx, "forget old requests", nothing, func(tx *transaction) error {
		ids, err := readColumn[string](ctx, tx, `SELECT id FROM requests`+tx.index("requests_by_time")+`
			WHERE created_at < ? ORDER BY created_at LIMIT ?`, tx.now-age.Microseconds(), forgottenAtOnce)
		forgotten = len(ids)
		if err != nil || forgotten == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM requests WHERE id IN (`+placeholders(len(ids))+`)`, anys(ids, func(id string) any { return id })...)
		return err
	})
	return forgotten, err
}
