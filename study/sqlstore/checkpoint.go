package sqlstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/goal-search/goal-search/study"
)

// partMax is the size of a row of a state. A server refuses a statement longer
// than its max_allowed_packet, which is 16 MB or more unless it was lowered.
const partMax = 1 << 20

// SaveCheckpoint implements study.Store. It looks first whether it may, and then
// does it.
func (s *Store) SaveCheckpoint(ctx context.Context, l study.Lease, epoch int, state []byte) error {
	act := onTrial(fmt.Sprintf("save the state after epoch %d of", epoch), l)
	if err := study.CheckState(epoch, len(state)); err != nil {
		return fmt.Errorf("%s: %w", act, err)
	}
	c := study.Checkpoint{Attempt: l.Attempt, Epoch: epoch, Size: len(state), SHA256: hashOf(state)}
	saved := false
	err := s.change(ctx, act, oneTrial(l), func(tx *transaction) (err error) {
		saved, err = renewToSave(ctx, tx, l, c)
		return err
	})
	if err != nil || saved {
		return err
	}
	return s.change(ctx, act, nothing, func(tx *transaction) error { return s.replace(ctx, tx, l, c, state) })
}

// replace puts a state in the place of the trial's older one. It writes the
// parts before it locks the trial: they take seconds when there are many, in
// which nobody waits. Until then it reads nothing that others may change.
func (s *Store) replace(ctx context.Context, tx *transaction, l study.Lease, c study.Checkpoint, state []byte) error {
	inserting := insertParts(ctx, tx, l, c, state)
	if inserting != nil && !tx.isDuplicate(inserting) {
		return inserting
	}
	err := tx.acquire(ctx, oneTrial(l))
	if err == nil {
		tx.now, err = s.now(ctx, tx)
	}
	if err != nil {
		return err
	}
	if saved, err := renewToSave(ctx, tx, l, c); err != nil || saved {
		return err
	}
	if inserting != nil { // somebody saved the same, and it is gone by now
		return errRepeated
	}
	if err := dropCheckpoint(ctx, tx, l); err != nil {
		return err
	}
	return insertCheckpoint(ctx, tx, l, c)
}

// renewToSave renews a lease whose holder may save this; else it says why not.
// It tells whether the same is saved already.
func renewToSave(ctx context.Context, tx *transaction, l study.Lease, c study.Checkpoint) (saved bool, err error) {
	st, err := held(ctx, tx, l)
	if err != nil {
		return false, err
	}
	if _, err := renew(ctx, tx, l, st.ttl); err != nil {
		return false, err
	}
	if err := wasMeasured(ctx, tx, l, c.Epoch); err != nil {
		return false, err
	}
	older, err := readCheckpoint(ctx, tx, l)
	switch {
	case errors.Is(err, study.ErrNotFound), err == nil && older.Attempt != c.Attempt:
		return false, nil
	case err != nil:
		return false, err
	case older.Epoch == c.Epoch && older.SHA256 == c.SHA256:
		return true, nil
	case older.Epoch >= c.Epoch:
		return false, fmt.Errorf("%w: the state after epoch %d", study.ErrConflict, older.Epoch)
	}
	return false, nil
}

func hashOf(state []byte) string {
	sum := sha256.Sum256(state)
	return hex.EncodeToString(sum[:])
}

// wasMeasured returns ErrTransition unless the lease's attempt has reported the
// epoch: what went on from its state would leave a gap.
func wasMeasured(ctx context.Context, tx *transaction, l study.Lease, epoch int) error {
	found, err := firstNumber(ctx, tx, `SELECT epoch FROM measurements WHERE study_id = ? AND trial = ? AND attempt = ? AND epoch = ?`,
		l.StudyID, l.Number, l.Attempt, epoch)
	if err == nil && !found.Valid {
		err = fmt.Errorf("%w: the epoch was not reported", study.ErrTransition)
	}
	return err
}

// insertParts stores a state that nobody sees before there is its checkpoint.
func insertParts(ctx context.Context, tx *transaction, l study.Lease, c study.Checkpoint, state []byte) error {
	number := 0
	for part := range slices.Chunk(state, partMax) {
		if _, err := tx.ExecContext(ctx, `INSERT INTO checkpoint_parts (study_id, trial, attempt, epoch, number, content)
			VALUES (?, ?, ?, ?, ?, ?)`, l.StudyID, l.Number, c.Attempt, c.Epoch, number, part); err != nil {
			return err
		}
		number++
	}
	return nil
}

func insertCheckpoint(ctx context.Context, tx *transaction, l study.Lease, c study.Checkpoint) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO checkpoints (study_id, trial, attempt, epoch, size, sha256, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, l.StudyID, l.Number, c.Attempt, c.Epoch, c.Size, c.SHA256, tx.now)
	return err
}

// dropCheckpoint deletes the trial's checkpoint if there is one. It looks first:
// to delete what is not there would lock what others are about to insert.
func dropCheckpoint(ctx context.Context, tx *transaction, l study.Lease) error {
	var attempt, epoch int
	err := tx.QueryRowContext(ctx, `SELECT attempt, epoch FROM checkpoints WHERE study_id = ? AND trial = ?`, l.StudyID, l.Number).
		Scan(&attempt, &epoch)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM checkpoints WHERE study_id = ? AND trial = ?`, l.StudyID, l.Number); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM checkpoint_parts WHERE study_id = ? AND trial = ? AND attempt = ? AND epoch = ?`,
		l.StudyID, l.Number, attempt, epoch)
	return err
}
