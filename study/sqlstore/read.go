package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/goal-search/goal-search/study"
)

// Trial implements study.Store.
func (s *Store) Trial(ctx context.Context, studyID int64, number int) (t study.Trial, err error) {
	act := fmt.Sprintf("read trial %d of study %d", number, studyID)
	err = s.view(ctx, act, func(tx *transaction) error {
		t, err = readTrial(ctx, tx, studyID, number)
		return err
	})
	return t, err
}

// Trials implements study.Store.
func (s *Store) Trials(ctx context.Context, studyID int64, f study.Filter) (trials []study.Trial, err error) {
	act := fmt.Sprintf("read the trials of study %d", studyID)
	err = s.view(ctx, act, func(tx *transaction) error {
		trials, err = readTrials(ctx, tx, choose(tx, studyID, f))
		if err == nil && len(trials) == 0 {
			_, err = stateOf(ctx, tx, studyID) // an unknown study is no empty one
		}
		return err
	})
	sortTrials(trials, f.ByRank)
	return trials, err
}

// sortTrials sorts here because of what SQLite does with ORDER BY: rather
// than sort the few trials that a filter chooses, it walks in order through
// all of them.
func sortTrials(trials []study.Trial, byRank bool) {
	slices.SortFunc(trials, func(a, b study.Trial) int {
		if byRank {
			return cmp.Compare(a.Rank, b.Rank)
		}
		return cmp.Compare(a.Number, b.Number)
	})
	for _, t := range trials {
		slices.SortFunc(t.Attempts, func(a, b study.Attempt) int { return cmp.Compare(a.Number, b.Number) })
	}
}

// choice is which trials t a query reads.
type choice struct {
	index string
	where string
	args  []any
	order string // the column that a limit goes by
	limit int    // 0: all
}

// choose is the filter as SQL.
func choose(tx *transaction, studyID int64, f study.Filter) choice {
	c := choice{where: ` WHERE t.study_id = ?`, args: []any{studyID}, order: "number", limit: f.Limit}
	if len(f.States) > 0 {
		c.index = tx.index("trials_by_state")
		c.where += ` AND t.state IN (` + placeholders(len(f.States)) + `)`
		for _, state := range f.States {
			c.args = append(c.args, string(state))
		}
	}
	if f.ByRank || f.AfterRank > 0 {
		c.index = tx.index("trials_by_rank")
		c.where += ` AND t.finish_rank > ?`
		c.args = append(c.args, f.AfterRank)
	}
	if f.ByRank {
		c.order = "finish_rank"
	}
	switch {
	case f.UnseenFrom > 0:
		c.index = tx.index("trials_by_deletion")
		c.where += ` AND t.unseen_from >= ?`
		c.args = append(c.args, f.UnseenFrom)
	case !f.Deleted:
		c.where += ` AND t.deleted_at IS NULL`
	}
	if f.From > 0 {
		c.where += ` AND t.number >= ?`
		c.args = append(c.args, f.From)
	}
	return c
}

// limited ends the query of a choice that has a limit.
func (c choice) limited() string {
	if c.limit == 0 {
		return c.index + c.where
	}
	return fmt.Sprintf("%s%s ORDER BY t.%s LIMIT %d", c.index, c.where, c.order, c.limit)
}

// upTo is the choice without its limit, but for what comes after the last of
// the trials that it let through.
func (c choice) upTo(last study.Trial) choice {
	if c.limit == 0 {
		return c
	}
	bound := last.Number
	if c.order == "finish_rank" {
		bound = last.Rank
	}
	c.where += fmt.Sprintf(" AND t.%s <= ?", c.order)
	c.args = append(slices.Clip(c.args), bound)
	return c
}

// readTrials returns the trials and, with a second query, all their attempts,
// in any order.
func readTrials(ctx context.Context, tx *transaction, c choice) ([]study.Trial, error) {
	rows, err := tx.QueryContext(ctx, `SELECT t.study_id, t.number, t.state, t.parameters, t.seed, t.saw, t.created_at,
		t.finish_rank, `+tx.readValue+`, t.reason, t.finished_at, t.stop_reason, t.deleted_at, t.unseen_from FROM trials t`+c.limited(), c.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var trials []study.Trial
	index := make(map[int]int) // of a trial's number in trials
	for rows.Next() {
		t, err := scanTrial(rows)
		if err != nil {
			return nil, err
		}
		index[t.Number] = len(trials)
		trials = append(trials, t)
	}
	if err := rows.Err(); err != nil || len(trials) == 0 {
		return nil, err
	}
	return trials, addAttempts(ctx, tx, trials, index, c.upTo(trials[len(trials)-1]))
}

func scanTrial(rows *sql.Rows) (t study.Trial, err error) {
	var parameters, seed string
	var createdAt int64
	var rank, finishedAt, deletedAt, unseenFrom sql.Null[int64]
	var value named
	err = rows.Scan(&t.StudyID, &t.Number, &t.State, &parameters, &seed, &t.Saw, &createdAt,
		&rank, &value.value, &value.name, &t.Reason, &finishedAt, &t.StopReason, &deletedAt, &unseenFrom)
	if err != nil {
		return t, err
	}
	t.CreatedAt, t.FinishedAt, t.Rank = fromMicros(createdAt), fromNullMicros(finishedAt), int(rank.V)
	t.DeletedAt, t.UnseenFrom = fromNullMicros(deletedAt), int(unseenFrom.V)
	if t.Value, err = value.number(); err != nil {
		return t, err
	}
	if t.Seed, err = decodeSeed(seed); err != nil {
		return t, err
	}
	return t, decode(fmt.Sprintf("the parameters of trial %d", t.Number), parameters, &t.Parameters)
}

// addAttempts reads the attempts of the chosen trials.
func addAttempts(ctx context.Context, tx *transaction, trials []study.Trial, index map[int]int, c choice) error {
	rows, err := tx.QueryContext(ctx, `SELECT a.trial, a.number, a.worker, a.version, a.kernel_path, a.data_hash,
		a.started_at, a.ended_at, a.ended, a.reason
		FROM trials t`+c.index+` `+tx.join+` attempts a ON a.study_id = t.study_id AND a.trial = t.number`+
		c.where, c.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		number, a, err := scanAttempt(rows)
		if err != nil {
			return err
		}
		i, chosen := index[number]
		if !chosen {
			return fmt.Errorf("%w: attempts of trial %d, which was not read", study.ErrCorrupt, number)
		}
		t := &trials[i]
		t.Attempts = append(t.Attempts, a)
	}
	return rows.Err()
}

func scanAttempt(rows *sql.Rows) (trial int, a study.Attempt, err error) {
	var startedAt int64
	var endedAt sql.Null[int64]
	err = rows.Scan(&trial, &a.Number, &a.Worker, &a.Environment.Version, &a.Environment.KernelPath, &a.Environment.DataHash,
		&startedAt, &endedAt, &a.Ended, &a.Reason)
	a.StartedAt, a.EndedAt = fromMicros(startedAt), fromNullMicros(endedAt)
	return trial, a, err
}

// readTrial returns one trial, or ErrNotFound.
func readTrial(ctx context.Context, tx *transaction, studyID int64, number int) (study.Trial, error) {
	trials, err := readTrials(ctx, tx, choice{where: ` WHERE t.study_id = ? AND t.number = ?`, args: []any{studyID, number}})
	if err != nil {
		return study.Trial{}, err
	}
	if len(trials) == 0 {
		return study.Trial{}, fmt.Errorf("trial %d of study %d: %w", number, studyID, study.ErrNotFound)
	}
	sortTrials(trials, false)
	return trials[0], nil
}
