package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// LoadCheckpoint implements study.Store.
func (s *Store) LoadCheckpoint(ctx context.Context, l study.Lease) (c study.Checkpoint, state []byte, err error) {
	err = s.view(ctx, onTrial("load the state of", l), func(tx *transaction) error {
		st, err := readStanding(ctx, tx, l, "")
		if err == nil {
			err = st.heldBy(l)
		}
		if err != nil {
			return err
		}
		if c, err = readCheckpoint(ctx, tx, l); err != nil {
			return err
		}
		if err := sameEnvironment(ctx, tx, l, c); err != nil {
			return err
		}
		state, err = readState(ctx, tx, l, c)
		return err
	})
	return c, state, err
}

// readCheckpoint returns the trial's checkpoint, or ErrNotFound.
func readCheckpoint(ctx context.Context, tx *transaction, l study.Lease) (c study.Checkpoint, err error) {
	var at int64
	var value named
	e := &c.Environment
	err = tx.QueryRowContext(ctx, `SELECT c.attempt, c.epoch, c.size, c.sha256, c.created_at, a.version, a.kernel_path, a.data_hash, `+tx.readValue+`
		FROM checkpoints c JOIN attempts a ON a.study_id = c.study_id AND a.trial = c.trial AND a.number = c.attempt
		JOIN measurements m ON m.study_id = c.study_id AND m.trial = c.trial AND m.attempt = c.attempt AND m.epoch = c.epoch
		WHERE c.study_id = ? AND c.trial = ?`, l.StudyID, l.Number).
		Scan(&c.Attempt, &c.Epoch, &c.Size, &c.SHA256, &at, &e.Version, &e.KernelPath, &e.DataHash, &value.value, &value.name)
	if errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("a checkpoint: %w", study.ErrNotFound)
	}
	if err != nil {
		return c, err
	}
	c.At = fromMicros(at)
	c.Value, err = measured(value)
	return c, err
}

// sameEnvironment returns ErrNotFound unless the lease's attempt has the
// environment that the state was made in.
func sameEnvironment(ctx context.Context, tx *transaction, l study.Lease, c study.Checkpoint) error {
	var ours study.Environment
	err := tx.QueryRowContext(ctx, `SELECT version, kernel_path, data_hash FROM attempts WHERE study_id = ? AND trial = ? AND number = ?`,
		l.StudyID, l.Number, l.Attempt).Scan(&ours.Version, &ours.KernelPath, &ours.DataHash)
	if err == nil && ours != c.Environment {
		err = fmt.Errorf("a checkpoint of %+v (there is one of %+v): %w", ours, c.Environment, study.ErrNotFound)
	}
	return err
}

// readState puts a state together and compares it with its hash.
func readState(ctx context.Context, tx *transaction, l study.Lease, c study.Checkpoint) ([]byte, error) {
	if err := study.CheckState(c.Epoch, c.Size); err != nil {
		return nil, fmt.Errorf("%w: %w", study.ErrCorrupt, err)
	}
	rows, err := tx.QueryContext(ctx, `SELECT content FROM checkpoint_parts
		WHERE study_id = ? AND trial = ? AND attempt = ? AND epoch = ? ORDER BY number`, l.StudyID, l.Number, c.Attempt, c.Epoch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	state := bytes.NewBuffer(make([]byte, 0, c.Size))
	for rows.Next() {
		var part sql.RawBytes
		if err := rows.Scan(&part); err != nil {
			return nil, err
		}
		state.Write(part)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if state.Len() != c.Size || hashOf(state.Bytes()) != c.SHA256 {
		return nil, fmt.Errorf("%w: the state after epoch %d has %d bytes of %d, or not their hash", study.ErrCorrupt, c.Epoch, state.Len(), c.Size)
	}
	return state.Bytes(), nil
}
