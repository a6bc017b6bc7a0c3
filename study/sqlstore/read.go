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
		trials, err = readChosen(ctx, tx, choose(tx, studyID, f))
		if err == nil && len(trials) == 0 {
			_, err = stateOf(ctx, tx, studyID) // an unknown study is no empty one
		}
		return err
	})
	sortTrials(trials, f.Order)
	return trials, err
}

// sortTrials sorts here because of what SQLite does with ORDER BY: rather
// than sort the few trials that a filter chooses, it walks in order through
// all of them.
func sortTrials(trials []study.Trial, order study.TrialOrder) {
	slices.SortFunc(trials, func(a, b study.Trial) int {
		if order == study.ByRank {
			return cmp.Compare(a.Rank, b.Rank)
		}
		if order == study.ByValue && *a.Value != *b.Value {
			return cmp.Compare(*b.Value, *a.Value)
		}
		return cmp.Compare(a.Number, b.Number)
	})
	for _, t := range trials {
		slices.SortFunc(t.Attempts, func(a, b study.Attempt) int { return cmp.Compare(a.Number, b.Number) })
	}
}

// readChosen reads the trials of one choice after the other, up to their limit.
func readChosen(ctx context.Context, tx *transaction, choices []choice) (all []study.Trial, err error) {
	for _, c := range choices {
		if c.limit > 0 && len(all) == c.limit {
			break
		}
		c.limit -= min(c.limit, len(all))
		some, err := readTrials(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// readTrials returns the trials with their attempts, in any order.
func readTrials(ctx context.Context, tx *transaction, c choice) ([]study.Trial, error) {
	rows, err := tx.QueryContext(ctx, `SELECT t.study_id, t.number, t.state, t.parameters, t.seed, t.saw, t.created_at,
		t.finish_rank, `+tx.readValue+`, t.reason, t.finished_at, t.stop_reason, t.deleted_at, t.unseen_from FROM trials t`+c.limited(), c.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var trials []study.Trial
	for rows.Next() {
		t, err := scanTrial(rows)
		if err != nil {
			return nil, err
		}
		trials = append(trials, t)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for some := range slices.Chunk(trials, attemptsOfAtOnce) {
		if err := addAttempts(ctx, tx, some); err != nil {
			return nil, err
		}
	}
	return trials, nil
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

// attemptsOfAtOnce bounds of how many trials a statement reads the attempts.
const attemptsOfAtOnce = 500

// addAttempts reads the attempts of trials of one study.
func addAttempts(ctx context.Context, tx *transaction, trials []study.Trial) error {
	index := make(map[int]int, len(trials)) // of a trial's number in trials
	args := []any{trials[0].StudyID}
	for i, t := range trials {
		index[t.Number] = i
		args = append(args, t.Number)
	}
	rows, err := tx.QueryContext(ctx, `SELECT trial, number, worker, version, kernel_path, data_hash,
		started_at, ended_at, ended, reason
		FROM attempts`+tx.index("PRIMARY")+` WHERE study_id = ? AND trial IN (`+placeholders(len(trials))+`)`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		number, a, err := scanAttempt(rows)
		if err != nil {
			return err
		}
		i, asked := index[number]
		if !asked {
			return fmt.Errorf("%w: attempts of trial %d, which was not asked for", study.ErrCorrupt, number)
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
	sortTrials(trials, study.ByNumber)
	return trials[0], nil
}
