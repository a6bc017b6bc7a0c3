package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goal-search/goal-search/study"
)

// mysqlSchema returns the version of the database's schema, 0 when it is
// empty. The table goal_search_schema marks a database as ours.
func mysqlSchema(ctx context.Context, db querier) (version int, err error) {
	var tables, ours int
	err = db.QueryRowContext(ctx, `SELECT count(*), COALESCE(sum(table_name = 'goal_search_schema'), 0)
		FROM information_schema.tables WHERE table_schema = DATABASE()`).Scan(&tables, &ours)
	switch {
	case err != nil:
		return 0, err
	case tables == 0:
		return 0, nil
	case ours == 0:
		return 0, fmt.Errorf("%w: it has tables of another application", study.ErrNotStore)
	}
	err = db.QueryRowContext(ctx, `SELECT version FROM goal_search_schema`).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) { // whoever made the table died before its row
		return 0, nil
	}
	return version, err
}

// mysqlLock is the name of this database's lock among all of the server's.
const mysqlLock = `concat('goal-search ', left(sha2(DATABASE(), 256), 40))`

// migrateMySQL brings the schema up to date. The server's named lock lets one
// process at a time do so, and ends with its connection.
func migrateMySQL(ctx context.Context, db *sql.DB, o options) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var got sql.Null[int]
	if err := conn.QueryRowContext(ctx, `SELECT get_lock(`+mysqlLock+`, ?)`, int(mysqlIOTimeout.Seconds()/2)).Scan(&got); err != nil {
		return err
	}
	if got.V != 1 {
		return fmt.Errorf("%w: another process changes its schema", study.ErrLocked)
	}
	defer func() {
		_, unlock := conn.ExecContext(context.WithoutCancel(ctx), `DO release_lock(`+mysqlLock+`)`)
		err = errors.Join(err, unlock)
	}()
	return stepMySQL(ctx, conn, o.migrations)
}

// stepMySQL takes the steps that are missing.
func stepMySQL(ctx context.Context, conn *sql.Conn, steps []migration) error {
	version, err := mysqlSchema(ctx, conn)
	if err != nil {
		return err
	}
	for _, mark := range []string{
		`CREATE TABLE IF NOT EXISTS goal_search_schema (id INT NOT NULL PRIMARY KEY, version INT NOT NULL) ENGINE = InnoDB`,
		`INSERT IGNORE INTO goal_search_schema (id, version) VALUES (1, 0)`,
	} {
		if _, err := conn.ExecContext(ctx, mark); err != nil {
			return err
		}
	}
	for ; version < len(steps); version++ {
		if err := takeStep(ctx, conn, steps[version]); err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, `UPDATE goal_search_schema SET version = ?`, version+1); err != nil {
			return err
		}
	}
	return nil
}

// mysqlDone are the errors of a statement that makes or drops what is there or
// gone already: a table, a column, a key, a constraint.
var mysqlDone = []uint16{1050, 1051, 1060, 1061, 1091, 1826, 3822}

// takeStep runs a migration's statements. MySQL commits each that changes the
// schema by itself: where a process died in between, the next one meets what
// it did and goes on after it.
func takeStep(ctx context.Context, conn *sql.Conn, m migration) error {
	for i, statement := range statements(m.sql) {
		_, err := conn.ExecContext(ctx, statement)
		if err != nil && !slices.Contains(mysqlDone, mysqlNumber(err)) {
			return fmt.Errorf("migration %s, statement %d: %w", m.name, i+1, err)
		}
	}
	return nil
}

// statements splits a migration where a line ends in a semicolon.
func statements(text string) []string {
	var all []string
	for statement := range strings.SplitSeq(text+"\n", ";\n") {
		if strings.TrimSpace(statement) != "" {
			all = append(all, statement)
		}
	}
	return all
}
