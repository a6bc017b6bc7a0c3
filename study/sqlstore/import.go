package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/goal-search/goal-search/study"
)

// ImportStudy implements study.Store.
func (s *Store) ImportStudy(ctx context.Context, st study.Study, trials func(add func(study.History) error) error) (imported study.Study, err error) {
	act := "import study " + st.Name
	if err := st.Validate(); err != nil {
		return study.Study{}, fmt.Errorf("%s: %w", act, err)
	}
	st.State = cmp.Or(st.State, study.StudyActive)
	err = s.once(ctx, act, nothing, &imported, func(tx *transaction) error {
		if tx.uncertain {
			var done bool
			if imported, done, err = isStored(ctx, tx, st); err != nil || done {
				return err
			}
		}
		if imported, err = insertStudy(ctx, tx, st); err != nil {
			return err
		}
		number := 0
		return trials(func(h study.History) error {
			if err := h.Validate(number); err != nil {
				return err
			}
			number++
			return insertHistory(ctx, tx, imported.ID, h)
		})
	})
	return imported, err
}

// insertHistory stores a trial as it is, but for its lease, which ends now.
func insertHistory(ctx context.Context, tx *transaction, studyID int64, h study.History) error {
	parameters, err := encode(h.Parameters)
	if err != nil {
		return err
	}
	token := ""
	if h.State == study.Running {
		token = newToken() // nobody has it
	}
	columns := `study_id, number, state, parameters, seed, saw, created_at, attempt, token, lease_ttl, lease_expires_at, reason, stop_reason, lost`
	args := []any{
		studyID, h.Number, string(h.State), parameters, encodeSeed(h.Seed), h.Saw, h.CreatedAt.UnixMicro(),
		len(h.Attempts), token, 0, tx.now, text(h.Reason), text(h.StopReason), lostOf(h.Trial),
	}
	if h.State.Finished() {
		columns += `, finish_rank, finished_at`
		args = append(args, h.Rank, h.FinishedAt.UnixMicro())
	}
	if h.Deleted() {
		columns += `, deleted_at, unseen_from`
		args = append(args, h.DeletedAt.UnixMicro(), h.UnseenFrom)
	}
	if h.Value != nil {
		columns += `, ` + strings.Join(tx.valueColumns, ", ")
		args = append(args, tx.value(*h.Value)...)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO trials (`+columns+`) VALUES (`+placeholders(len(args))+`)`, args...); err != nil {
		return err
	}
	for _, a := range h.Attempts {
		if err := insertAttempt(ctx, tx, studyID, h.Number, a); err != nil {
			return err
		}
	}
	return insertMeasurements(ctx, tx, studyID, h.Number, h.Measurements)
}

// lostOf counts the attempts that were lost with their workers.
func lostOf(t study.Trial) int {
	lost := 0
	for _, a := range t.Attempts {
		if a.Ended == study.AttemptLost {
			lost++
		}
	}
	return lost
}

func insertAttempt(ctx context.Context, tx *transaction, studyID int64, trial int, a study.Attempt) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO attempts
		(study_id, trial, number, worker, version, kernel_path, data_hash, started_at, ended_at, ended, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		studyID, trial, a.Number, text(a.Worker),
		text(a.Environment.Version), text(a.Environment.KernelPath), text(a.Environment.DataHash),
		a.StartedAt.UnixMicro(), nullMicros(a.EndedAt), a.Ended, text(a.Reason))
	return err
}

// nullMicros is NULL for the zero time.
func nullMicros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}
