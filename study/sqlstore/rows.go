package sqlstore

import (
	"context"
	"slices"
	"strings"
)

// rowsAtOnce bounds a statement's length.
const rowsAtOnce = 50

// insertRows stores rows of a table, each with a value for every column.
func insertRows(ctx context.Context, tx *transaction, table, columns string, rows [][]any) error {
	for some := range slices.Chunk(rows, rowsAtOnce) {
		row := `(` + placeholders(len(some[0])) + `)`
		statement := `INSERT INTO ` + table + ` (` + columns + `) VALUES ` + strings.Repeat(row+", ", len(some)-1) + row
		if _, err := tx.ExecContext(ctx, statement, slices.Concat(some...)...); err != nil {
			return err
		}
	}
	return nil
}

// readColumn returns what a query of one column finds.
func readColumn[V any](ctx context.Context, tx *transaction, query string, args ...any) (values []V, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v V
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, rows.Err()
}

// readCounts returns what a query of keys and their counts finds.
func readCounts[K comparable](ctx context.Context, tx *transaction, query string, args ...any) (map[K]int, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := make(map[K]int)
	for rows.Next() {
		var key K
		var n int
		if err := rows.Scan(&key, &n); err != nil {
			return nil, err
		}
		counts[key] = n
	}
	return counts, rows.Err()
}
