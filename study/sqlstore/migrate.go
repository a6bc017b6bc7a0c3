package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
)

//go:embed migrations/sqlite/*.sql
var sqliteFiles embed.FS

// sqliteMigrations are the steps from an empty file to the newest schema:
// step i brings version i to version i+1. They only ever grow.
var sqliteMigrations = mustReadMigrations(sqliteFiles, "migrations/sqlite")

// migration is one numbered file, 0001_name.sql.
type migration struct {
	name string
	sql  string
}

func mustReadMigrations(files fs.ReadDirFS, dir string) []migration {
	migrations, err := readMigrations(files, dir)
	if err != nil {
		panic("sqlstore: the embedded migrations are not whole: " + err.Error())
	}
	return migrations
}

// readMigrations returns the files of dir, which are numbered from 1 without
// gaps.
func readMigrations(files fs.ReadDirFS, dir string) ([]migration, error) {
	entries, err := files.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var migrations []migration
	for i, e := range entries {
		var number int
		if _, err := fmt.Sscanf(e.Name(), "%04d_", &number); err != nil || number != i+1 {
			return nil, fmt.Errorf("%s: want number %04d", e.Name(), i+1)
		}
		text, err := fs.ReadFile(files, path.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		migrations = append(migrations, migration{e.Name(), string(text)})
	}
	return migrations, nil
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
