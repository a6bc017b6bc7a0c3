package sqlstore

import (
	"context"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// RenameStudy implements study.Store.
func (s *Store) RenameStudy(ctx context.Context, studyID int64, name string) (renamed study.Study, err error) {
	act := fmt.Sprintf("rename study %d to %s", studyID, name)
	if err := study.ValidateName(name); err != nil {
		return study.Study{}, fmt.Errorf("%s: %w", act, err)
	}
	err = s.once(ctx, act, wholeStudy(studyID), &renamed, func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `UPDATE studies SET name = ? WHERE id = ?`, name, studyID)
		if tx.isDuplicate(err) {
			return study.ErrExists
		}
		if err != nil {
			return err
		}
		renamed, err = readStudyByID(ctx, tx, studyID)
		return err
	})
	return renamed, err
}

// deletedAtOnce bounds how long a statement takes.
const deletedAtOnce = 100

// DeleteStudy implements study.Store. The foreign keys delete what belongs to
// a trial.
func (s *Store) DeleteStudy(ctx context.Context, studyID int64) error {
	return s.once(ctx, fmt.Sprintf("delete study %d", studyID), wholeStudy(studyID), &struct{}{}, func(tx *transaction) error {
		if _, err := stateOf(ctx, tx, studyID); err != nil && !tx.uncertain { // else it may be gone already
			return err
		}
		next, err := nextNumber(ctx, tx, studyID)
		if err != nil {
			return err
		}
		for end := deletedAtOnce; end < next+deletedAtOnce; end += deletedAtOnce {
			if _, err := tx.ExecContext(ctx, `DELETE FROM trials WHERE study_id = ? AND number < ?`, studyID, end); err != nil {
				return err
			}
		}
		if err := deleteEvents(ctx, tx, studyID); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM studies WHERE id = ?`, studyID); err != nil {
			return err
		}
		// Last: who is saving a state finds no trial, and leaves nothing.
		_, err = tx.ExecContext(ctx, `DELETE FROM checkpoint_parts WHERE study_id = ?`, studyID)
		return err
	})
}

// Histories implements study.Store. Nothing is given to each twice, so a
// broken connection is an error.
func (s *Store) Histories(ctx context.Context, studyID int64, each func(study.History) error) error {
	act := fmt.Sprintf("read study %d", studyID)
	var stopped error
	err := s.look(ctx, func(tx *transaction) error {
		if _, err := stateOf(ctx, tx, studyID); err != nil {
			return err
		}
		trials, err := readChosen(ctx, tx, choose(tx, studyID, study.Filter{Deleted: true}))
		if err != nil {
			return err
		}
		sortTrials(trials, study.ByNumber)
		for _, t := range trials {
			measured, err := readMeasurements(ctx, tx, studyID, t.Number)
			if err != nil {
				return err
			}
			if stopped = each(study.History{Trial: t, Measurements: measured}); stopped != nil {
				return stopped
			}
		}
		return nil
	})
	if stopped != nil {
		return stopped
	}
	return s.failed(ctx, act, err)
}
