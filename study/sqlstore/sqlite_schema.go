package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// sqliteApplicationID marks our files: "goal" in ASCII.
const sqliteApplicationID = 0x676f616c

// sqliteSchema returns the version of the file's schema, 0 when it is empty.
func sqliteSchema(ctx context.Context, db querier) (int, error) {
	var application, version, objects int
	err := db.QueryRowContext(ctx, `SELECT
		(SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version),
		(SELECT count(*) FROM sqlite_schema)`).Scan(&application, &version, &objects)
	switch {
	case err != nil:
		return 0, err
	case application == sqliteApplicationID && version > 0:
		return version, nil
	case application == 0 && version == 0 && objects == 0:
		return 0, nil
	}
	return 0, fmt.Errorf("%w: it is a database of another application", study.ErrNotStore)
}

// migrateSQLite brings the schema up to date, each step in a transaction of
// its own. Others may do the same at the same time.
func migrateSQLite(ctx context.Context, db *sql.DB, steps []migration) error {
	for range steps {
		if err := migrateSQLiteOnce(ctx, db, steps); err != nil {
			return err
		}
	}
	return nil
}

// migrateSQLiteOnce takes the next step, if there is one still.
func migrateSQLiteOnce(ctx context.Context, db *sql.DB, steps []migration) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	version, err := sqliteSchema(ctx, tx)
	if err != nil || version >= len(steps) {
		return err
	}
	m := steps[version]
	stamp := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", sqliteApplicationID, version+1)
	if _, err := tx.ExecContext(ctx, m.sql+stamp); err != nil {
		return fmt.Errorf("migration %s: %w", m.name, err)
	}
	return tx.Commit()
}
