package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/goal-search/goal-search/study"
)

// sampling is who may add trials to a study.
type sampling struct {
	holder    string // "" is nobody
	epoch     int64
	expiresAt int64
}

func samplingOf(ctx context.Context, tx *transaction, studyID int64) (sp sampling, err error) {
	err = tx.QueryRowContext(ctx, `SELECT sampling_holder, sampling_epoch, sampling_expires_at FROM studies WHERE id = ?`, studyID).
		Scan(&sp.holder, &sp.epoch, &sp.expiresAt)
	if errors.Is(err, sql.ErrNoRows) {
		return sp, fmt.Errorf("study %d: %w", studyID, study.ErrNotFound)
	}
	return sp, err
}

// HoldSampling implements study.Store.
func (s *Store) HoldSampling(ctx context.Context, studyID int64, holder string, ttl time.Duration) (given study.Sampling, err error) {
	act := fmt.Sprintf("sample for study %d", studyID)
	if err := checkTTL(ttl); err != nil {
		return given, fmt.Errorf("%s: %w", act, err)
	}
	if holder == "" {
		return given, fmt.Errorf("%s: no holder named", act)
	}
	err = s.change(ctx, act, wholeStudy(studyID), func(tx *transaction) error {
		number, err := room(ctx, tx, studyID)
		if err != nil {
			return err
		}
		sp, err := samplingOf(ctx, tx, studyID)
		if err != nil {
			return err
		}
		if sp.holder != holder {
			if sp.holder != "" && tx.now < sp.expiresAt {
				return fmt.Errorf("%w: %s", study.ErrHeld, sp.holder)
			}
			sp.epoch++
		}
		given = study.Sampling{Epoch: sp.epoch, Number: number}
		_, err = tx.ExecContext(ctx, `UPDATE studies SET sampling_holder = ?, sampling_epoch = ?, sampling_expires_at = ? WHERE id = ?`,
			text(holder), sp.epoch, tx.now+ttl.Microseconds(), studyID)
		return err
	})
	if err != nil {
		return study.Sampling{}, err
	}
	return given, nil
}

// endSampling tells whether the epoch is the study's current one, and lets the
// next one sample.
func endSampling(ctx context.Context, tx *transaction, studyID, epoch int64) error {
	sp, err := samplingOf(ctx, tx, studyID)
	if err != nil {
		return err
	}
	if sp.epoch != epoch {
		return fmt.Errorf("%w: epoch %d, now it is %d", study.ErrFenced, epoch, sp.epoch)
	}
	_, err = tx.ExecContext(ctx, `UPDATE studies SET sampling_holder = '' WHERE id = ?`, studyID)
	return err
}

// fenceSampling refuses the trial that somebody may be about to add, who saw
// what has changed since.
func fenceSampling(ctx context.Context, tx *transaction, studyID int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE studies SET sampling_holder = '', sampling_epoch = sampling_epoch + 1 WHERE id = ?`, studyID)
	return err
}
