package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/goal-search/goal-search/study"
)

// CompleteStudy implements study.Store.
func (s *Store) CompleteStudy(ctx context.Context, studyID int64, b study.Budget, reason string) error {
	return s.change(ctx, fmt.Sprintf("complete study %d", studyID), wholeStudy(studyID), func(tx *transaction) error {
		st, err := stateOf(ctx, tx, studyID)
		if err != nil || st.state != study.StudyActive || !reflect.DeepEqual(st.budget, b) {
			return err
		}
		return setState(ctx, tx, studyID, study.StudyCompleted, reason)
	})
}

// CompleteOverdue implements study.Store.
func (s *Store) CompleteOverdue(ctx context.Context, studyID int64) error {
	return s.change(ctx, fmt.Sprintf("look at the time of study %d", studyID), wholeStudy(studyID), func(tx *transaction) error {
		st, err := stateOf(ctx, tx, studyID)
		if err != nil {
			return err
		}
		over := st.handsOut(tx.now)
		if !errors.Is(over, study.ErrTimeUp) {
			return nil
		}
		return setState(ctx, tx, studyID, study.StudyCompleted, over.Error())
	})
}
