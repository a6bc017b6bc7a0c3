package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
)

// DirVariable is the environment variable that names a folder of data sets.
const DirVariable = "GOAL_SEARCH_DATA"

// DefaultDir returns the folder in the user's data directory where fetched
// data sets live, each in a folder of its name. It need not exist.
func DefaultDir() string { return filepath.Join(xdg.DataHome, "goal-search", "data") }

// locate returns the folder that holds the files to train on.
func locate(m Manifest, dir string) (string, error) {
	var looked []string
	for _, root := range roots(dir) {
		for _, candidate := range []string{filepath.Join(root, m.Name), root} {
			for _, folder := range []string{candidate, filepath.Join(candidate, cifarFolder)} {
				missing := m.missing(folder, Train)
				if len(missing) == 0 {
					return folder, nil
				}
				looked = append(looked, describe(folder, missing, m))
			}
		}
	}
	return "", notFound(m, looked)
}

// roots returns the folders that may hold data sets, in the order of search. A
// folder that the caller names is the only one: finding the data elsewhere
// would train on something other than what was asked for.
func roots(dir string) []string {
	if dir != "" {
		return []string{dir}
	}
	var roots []string
	if named := os.Getenv(DirVariable); named != "" {
		roots = append(roots, named)
	}
	return append(roots, DefaultDir())
}

// missing returns the names of the files of a part that dir does not hold.
func (m Manifest) missing(dir string, part Part) []string {
	var missing []string
	for _, f := range m.Files {
		if _, ok := f.find(dir); !ok && f.Part == part {
			missing = append(missing, f.Name)
		}
	}
	return missing
}

// describe says what was found of the data set in a folder.
func describe(folder string, missing []string, m Manifest) string {
	if _, err := os.Stat(folder); err != nil {
		return folder + " (no such folder)"
	}
	return folder
}

// notFound tells which files were looked for, where, and what to do about it.
func notFound(m Manifest, looked []string) error {
	var wanted []string
	for _, f := range m.Files {
		if f.Part == Train {
			wanted = append(wanted, f.Name)
		}
	}
	return fmt.Errorf("%w: %s: looked for %s (each also with .gz) in %s; `goal-search data fetch %s` downloads it",
		ErrMissing, m.Name, strings.Join(wanted, ", "), strings.Join(looked, ", "), m.Name)
}
