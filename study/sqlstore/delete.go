package sqlstore

import (
	"context"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// DeleteTrial implements study.Store.
func (s *Store) DeleteTrial(ctx context.Context, studyID int64, number int) (t study.Trial, err error) {
	l := study.Lease{StudyID: studyID, Number: number}
	err = s.once(ctx, onTrial("delete", l), wholeStudy(studyID), &t, func(tx *transaction) error {
		if t, err = readTrial(ctx, tx, studyID, number); err != nil || t.Deleted() {
			return err
		}
		switch t.State {
		case study.Running:
			return fmt.Errorf("%w: it is running, and a worker's trial is never taken from it: stop it first", study.ErrTransition)
		case study.Waiting:
			err = giveUp(ctx, tx, l, "deleted before anybody ran it")
		}
		if err == nil {
			err = markDeleted(ctx, tx, l)
		}
		if err == nil {
			t, err = readTrial(ctx, tx, studyID, number)
		}
		return err
	})
	return t, err
}

// markDeleted takes a finished trial out of what later suggestions see.
func markDeleted(ctx context.Context, tx *transaction, l study.Lease) error {
	next, err := nextNumber(ctx, tx, l.StudyID)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE trials SET deleted_at = ?, unseen_from = ? WHERE study_id = ? AND number = ?`,
		tx.now, next, l.StudyID, l.Number); err != nil {
		return err
	}
	if err := fenceSampling(ctx, tx, l.StudyID); err != nil {
		return err
	}
	return note(ctx, tx, study.TrialDeleted, l)
}
