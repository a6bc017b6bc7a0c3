package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// RegisterWorker implements study.Store.
func (s *Store) RegisterWorker(ctx context.Context, w study.Worker) (registered study.Worker, err error) {
	act := "register worker " + w.Name
	if err := w.Validate(); err != nil {
		return registered, fmt.Errorf("%s: %w", act, err)
	}
	labels, err := encode(w.Labels)
	if err != nil {
		return registered, fmt.Errorf("%s: encode its labels: %w", act, err)
	}
	err = s.once(ctx, act, nothing, &registered, func(tx *transaction) error {
		known, err := readWorkers(ctx, tx, `WHERE name = ?`+tx.lock, w.Name)
		if err != nil {
			return err
		}
		query := `UPDATE workers SET version = ?, kernel_path = ?, slots = ?, labels = ?, draining = 0, last_seen_at = ? WHERE name = ?`
		args := []any{text(w.Version), text(w.KernelPath), w.Slots, labels, tx.now, w.Name}
		if len(known) == 0 {
			query = `INSERT INTO workers (version, kernel_path, slots, labels, draining, last_seen_at, name, created_at) VALUES (?, ?, ?, ?, 0, ?, ?, ?)`
			args = append(args, tx.now)
		}
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			if tx.isDuplicate(err) {
				return errRepeated
			}
			return err
		}
		registered, err = readWorker(ctx, tx, w.Name)
		return err
	})
	return registered, err
}

// SeeWorker implements study.Store.
func (s *Store) SeeWorker(ctx context.Context, name string) (w study.Worker, err error) {
	err = s.change(ctx, "see worker "+name, nothing, func(tx *transaction) error {
		if _, err := tx.ExecContext(ctx, `UPDATE workers SET last_seen_at = ? WHERE name = ?`, tx.now, name); err != nil {
			return err
		}
		w, err = readWorker(ctx, tx, name)
		return err
	})
	return w, err
}

// DrainWorker implements study.Store.
func (s *Store) DrainWorker(ctx context.Context, name string) (w study.Worker, err error) {
	err = s.once(ctx, "drain worker "+name, nothing, &w, func(tx *transaction) error {
		if _, err := tx.ExecContext(ctx, `UPDATE workers SET draining = 1 WHERE name = ?`, name); err != nil {
			return err
		}
		w, err = readWorker(ctx, tx, name)
		return err
	})
	return w, err
}

// Workers implements study.Store.
func (s *Store) Workers(ctx context.Context) (all []study.Worker, err error) {
	err = s.view(ctx, "read the workers", func(tx *transaction) error {
		all, err = readWorkers(ctx, tx, `ORDER BY name`)
		return err
	})
	return all, err
}

func readWorker(ctx context.Context, tx *transaction, name string) (study.Worker, error) {
	found, err := readWorkers(ctx, tx, `WHERE name = ?`, name)
	if err != nil {
		return study.Worker{}, err
	}
	if len(found) == 0 {
		return study.Worker{}, fmt.Errorf("worker %s: %w", name, study.ErrNotFound)
	}
	return found[0], nil
}

func readWorkers(ctx context.Context, tx *transaction, where string, args ...any) ([]study.Worker, error) {
	rows, err := tx.QueryContext(ctx, `SELECT name, version, kernel_path, slots, labels, draining, created_at, last_seen_at FROM workers `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var workers []study.Worker
	for rows.Next() {
		w, err := scanWorker(rows)
		if err != nil {
			return nil, err
		}
		workers = append(workers, w)
	}
	return workers, rows.Err()
}

func scanWorker(rows *sql.Rows) (w study.Worker, err error) {
	var labels string
	var createdAt, lastSeenAt int64
	if err := rows.Scan(&w.Name, &w.Version, &w.KernelPath, &w.Slots, &labels, &w.Draining, &createdAt, &lastSeenAt); err != nil {
		return w, err
	}
	w.CreatedAt, w.LastSeenAt = fromMicros(createdAt), fromMicros(lastSeenAt)
	return w, decode("the labels of worker "+w.Name, labels, &w.Labels)
}
