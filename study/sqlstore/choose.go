package sqlstore

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/goal-search/goal-search/study"
)

// choice is which trials t, or events e, a query reads.
type choice struct {
	index string
	where string
	args  []any
	order string // what a limit goes by
	limit int    // 0: all
}

// and adds a condition.
func (c choice) and(condition string, args ...any) choice {
	c.where += " AND " + condition
	c.args = append(slices.Clip(c.args), args...)
	return c
}

// limited ends the query of a choice that has a limit.
func (c choice) limited() string {
	if c.limit == 0 {
		return c.index + c.where
	}
	return fmt.Sprintf("%s%s ORDER BY %s LIMIT %d", c.index, c.where, c.order, c.limit)
}

// choose is the filter as SQL. After a place come its equals and then what is
// smaller: two choices, since with one condition for both an engine walks
// through all equals.
func choose(tx *transaction, studyID int64, f study.Filter) []choice {
	c := narrow(tx, ordered(tx, studyID, f), f)
	if f.Order != study.ByValue || f.After == nil {
		return []choice{c}
	}
	value := tx.value(f.After.Value)[0]
	return []choice{
		c.and(`t.value = ? AND t.number > ?`, value, f.After.Number),
		c.and(`t.value < ?`, value),
	}
}

// ordered chooses the study's trials that have a place in the filter's order,
// by the index that a page of it is read from.
func ordered(tx *transaction, studyID int64, f study.Filter) choice {
	c := choice{where: ` WHERE t.study_id = ?`, args: []any{studyID}, order: "t.number", limit: f.Limit}
	switch {
	case f.Order == study.ByValue:
		c.index, c.order = tx.index("trials_by_value"), "t.value DESC, t.number"
		return c.and(`t.value IS NOT NULL`)
	case f.UnseenFrom > 0:
		c.index = tx.index("trials_by_deletion")
	case f.Order == study.ByRank || f.AfterRank > 0:
		c.index = tx.index("trials_by_rank")
	case len(f.Numbers) > 0:
		c.index = tx.index("PRIMARY")
	case len(f.States) > 0:
		c.index = tx.index("trials_by_state")
	}
	if f.Order == study.ByRank {
		c.order = "t.finish_rank"
	}
	return c
}

// narrow adds the filter's bounds.
func narrow(tx *transaction, c choice, f study.Filter) choice {
	if len(f.Numbers) > 0 {
		c = c.and(`t.number IN (`+placeholders(len(f.Numbers))+`)`, anys(f.Numbers, func(n int) any { return n })...)
	}
	if len(f.States) > 0 {
		c = c.and(`t.state IN (`+placeholders(len(f.States))+`)`, anys(f.States, func(s study.TrialState) any { return string(s) })...)
	}
	if f.Order == study.ByRank || f.AfterRank > 0 {
		c = c.and(`t.finish_rank > ?`, f.AfterRank)
	}
	if f.MinValue != nil {
		c = c.and(`t.value >= ?`, tx.value(*f.MinValue)[0])
	}
	if f.Worker != "" {
		slots := text(f.Worker) + "/"
		// Counted, since a server would make EXISTS a join that reads all attempts.
		c = c.and(`(SELECT count(*) FROM attempts a WHERE a.study_id = t.study_id AND a.trial = t.number
			AND (a.worker = ? OR substr(a.worker, 1, ?) = ?)) > 0`, text(f.Worker), utf8.RuneCountInString(slots), slots)
	}
	switch {
	case f.UnseenFrom > 0:
		c = c.and(`t.unseen_from >= ?`, f.UnseenFrom)
	case !f.Deleted:
		c = c.and(`t.deleted_at IS NULL`)
	}
	if f.From > 0 {
		c = c.and(`t.number >= ?`, f.From)
	}
	return c
}

// anys are values as arguments of a statement.
func anys[T any](values []T, argument func(T) any) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = argument(v)
	}
	return all
}
