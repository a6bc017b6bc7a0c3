package sqlstore

import (
	"embed"
	"fmt"
	"io/fs"
	"path"

	"github.com/goal-search/goal-search/study"
)

//go:embed migrations/*/*.sql
var migrationFiles embed.FS

// migration is one numbered file, 0001_name.sql.
type migration struct {
	name string
	sql  string
}

func mustReadMigrations(dir string) []migration {
	migrations, err := readMigrations(migrationFiles, dir)
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

// checkVersion tells whether a database of that schema's version can be used:
// at once, or once it is brought up to date.
func checkVersion(version int, o options) (upToDate bool, err error) {
	latest := len(o.migrations)
	switch {
	case version > latest:
		return false, fmt.Errorf("%w: its schema has version %d, this one knows versions up to %d", study.ErrNewerSchema, version, latest)
	case version == 0 && o.readOnly:
		return false, fmt.Errorf("%w: the database is empty", study.ErrNotFound)
	case version < latest && o.readOnly:
		return false, fmt.Errorf("%w: its schema has version %d and must first be brought to %d", study.ErrOlderSchema, version, latest)
	}
	return version == latest, nil
}
