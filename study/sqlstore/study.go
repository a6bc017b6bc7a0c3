package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// CreateStudy implements study.Store.
func (s *Store) CreateStudy(ctx context.Context, st study.Study) (created study.Study, err error) {
	act := "create study " + st.Name
	if err := st.Validate(); err != nil {
		return study.Study{}, fmt.Errorf("%s: %w", act, err)
	}
	st.State, st.StateReason = study.StudyActive, ""
	err = s.once(ctx, act, nothing, &created, func(tx *transaction) error {
		if tx.uncertain { // st.CreatedAt is that of the try that may have happened
			var done bool
			if created, done, err = isStored(ctx, tx, st); err != nil || done {
				return err
			}
		}
		st.CreatedAt = fromMicros(tx.now)
		created, err = insertStudy(ctx, tx, st)
		return err
	})
	return created, err
}

func insertStudy(ctx context.Context, tx *transaction, st study.Study) (study.Study, error) {
	spec, err := encode(st.Spec)
	if err != nil {
		return study.Study{}, fmt.Errorf("encode its specification: %w", err)
	}
	bounds, err := encode(st.Budget)
	if err != nil {
		return study.Study{}, fmt.Errorf("encode its budget: %w", err)
	}
	labels, err := encode(st.Labels)
	if err != nil {
		return study.Study{}, fmt.Errorf("encode its labels: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO studies
		(name, spec, budget_trials, bounds, priority, labels, state, state_reason, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		st.Name, spec, st.Budget.Trials, bounds, st.Priority, labels, string(st.State), text(st.StateReason), st.CreatedAt.UnixMicro())
	if tx.isDuplicate(err) {
		return study.Study{}, study.ErrExists
	}
	if err != nil {
		return study.Study{}, err
	}
	return readStudy(ctx, tx, st.Name)
}

// isStored tells whether the study is there as it is, in everything but its
// ID: whoever asks made it, or the very same.
func isStored(ctx context.Context, tx *transaction, st study.Study) (found study.Study, ok bool, err error) {
	found, err = readStudy(ctx, tx, st.Name)
	if errors.Is(err, study.ErrNotFound) {
		return found, false, nil
	}
	if err != nil {
		return found, false, err
	}
	st.ID = found.ID
	got, err := encode(found)
	if err != nil {
		return found, false, err
	}
	want, err := encode(st)
	return found, err == nil && got == want, err
}

// Study implements study.Store.
func (s *Store) Study(ctx context.Context, name string) (found study.Study, err error) {
	err = s.view(ctx, "read study "+name, func(tx *transaction) error {
		found, err = readStudy(ctx, tx, name)
		return err
	})
	return found, err
}

// StudyByID implements study.Store.
func (s *Store) StudyByID(ctx context.Context, id int64) (found study.Study, err error) {
	err = s.view(ctx, fmt.Sprintf("read study %d", id), func(tx *transaction) error {
		found, err = readStudyByID(ctx, tx, id)
		return err
	})
	return found, err
}

// Studies implements study.Store.
func (s *Store) Studies(ctx context.Context) (all []study.Study, err error) {
	err = s.view(ctx, "read the studies", func(tx *transaction) error {
		all, err = readStudies(ctx, tx, `ORDER BY id`)
		return err
	})
	return all, err
}

func readStudy(ctx context.Context, tx querier, name string) (study.Study, error) {
	return readOneStudy(ctx, tx, `WHERE name = ?`, name)
}

func readStudyByID(ctx context.Context, tx querier, id int64) (study.Study, error) {
	return readOneStudy(ctx, tx, `WHERE id = ?`, id)
}

func readOneStudy(ctx context.Context, tx querier, where string, key any) (study.Study, error) {
	found, err := readStudies(ctx, tx, where, key)
	if err != nil {
		return study.Study{}, err
	}
	if len(found) == 0 {
		return study.Study{}, study.ErrNotFound
	}
	return found[0], nil
}

func readStudies(ctx context.Context, tx querier, where string, args ...any) ([]study.Study, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, name, spec, budget_trials, bounds, priority, labels, state, state_reason, created_at
		FROM studies `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var studies []study.Study
	for rows.Next() {
		st, err := scanStudy(rows)
		if err != nil {
			return nil, err
		}
		studies = append(studies, st)
	}
	return studies, rows.Err()
}

func scanStudy(rows *sql.Rows) (st study.Study, err error) {
	var spec, bounds, labels string
	var trials int
	var createdAt int64
	if err := rows.Scan(&st.ID, &st.Name, &spec, &trials, &bounds, &st.Priority, &labels, &st.State, &st.StateReason, &createdAt); err != nil {
		return st, err
	}
	st.CreatedAt = fromMicros(createdAt)
	if st.Budget, err = decodeBudget(trials, bounds); err != nil {
		return st, err
	}
	if err := decode("the labels of study "+st.Name, labels, &st.Labels); err != nil {
		return st, err
	}
	return st, decode("the specification of study "+st.Name, spec, &st.Spec)
}
