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
		for _, folder := range m.folders(root) {
			if len(m.missing(folder, Train)) == 0 {
				return folder, nil
			}
			looked = append(looked, folder)
		}
	}
	return "", notFound(m, looked)
}

// folders returns where the files can lie below a root, those of the set's
// name first: MNIST and Fashion-MNIST have the same file names.
func (m Manifest) folders(root string) []string {
	named := filepath.Join(root, m.Name)
	if m.Name != "cifar10" {
		return []string{named, root}
	}
	return []string{named, filepath.Join(named, cifarFolder), root, filepath.Join(root, cifarFolder)}
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

// notFound says which files are missing, where they were looked for and what
// to do about it.
func notFound(m Manifest, looked []string) error {
	var all []string
	for _, f := range m.Files {
		if f.Part == Train {
			all = append(all, f.Name)
		}
	}
	text := fmt.Sprintf("no %s (plain or .gz) in %s", strings.Join(all, ", "), strings.Join(looked, ", "))
	for _, folder := range looked {
		if missing := m.missing(folder, Train); len(missing) < len(all) {
			text = fmt.Sprintf("%s (plain or .gz) is missing in %s", strings.Join(missing, ", "), strings.Join(looked, ", "))
			break
		}
	}
	return fmt.Errorf("%w: %s: %s; `goal-search data fetch %s` downloads it", ErrMissing, m.Name, text, m.Name)
}
