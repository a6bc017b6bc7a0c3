package catalogue

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"
)

// What can be wrong with a name.
var (
	ErrNotFound  = errors.New("no such goal")
	ErrExists    = errors.New("the goal exists")
	ErrAmbiguous = errors.New("several families have a goal of this name")
	ErrPublished = errors.New("a published goal cannot be changed")
)

// Catalogue is the published goals and those of one folder, where each is the
// file FAMILY/NAME.yaml. A missing folder is an empty one.
type Catalogue struct {
	dir string
}

// New returns the catalogue with that folder; "" is DefaultDir().
func New(dir string) Catalogue {
	if dir == "" {
		dir = DefaultDir()
	}
	return Catalogue{dir: dir}
}

// DefaultDir returns $GOAL_SEARCH_GOALS, or the folder of goals in the user's
// data directory.
func DefaultDir() string {
	if dir := os.Getenv("GOAL_SEARCH_GOALS"); dir != "" {
		return dir
	}
	return filepath.Join(xdg.DataHome, "goal-search", "goals")
}

// List returns the published goals and then the user's, by full name. Files
// that hold no goal are left out and make up the error.
func (c Catalogue) List() ([]Entry, error) {
	entries := Published()
	var problems []error
	for _, f := range families {
		files, err := os.ReadDir(filepath.Join(c.dir, f.name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, err)
		}
		for _, file := range files {
			name, isGoal := strings.CutSuffix(file.Name(), ".yaml")
			if !isGoal || !goalName.MatchString(name) {
				continue
			}
			e, err := c.own(f.name, name)
			if err != nil {
				problems = append(problems, err)
				continue
			}
			entries = append(entries, e)
		}
	}
	return entries, errors.Join(problems...)
}

// Find returns a goal by short name within a family, by full name, or from a
// file. Family "" is any: the short name must then be unique. A goal that is
// named in full or read from a file must belong to the family too.
func (c Catalogue) Find(familyName, ref string) (Entry, error) {
	if f, name, ok := cutFullName(ref); ok {
		if familyName != "" && f != familyName {
			return Entry{}, fmt.Errorf("goal %s is of another family: want one of %s", ref, familyName)
		}
		return c.named(f, name)
	}
	if strings.ContainsAny(ref, `/\`) || slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(ref)) {
		return ReadFile(ref, familyName)
	}
	if familyName != "" {
		return c.named(familyName, ref)
	}
	var found []Entry
	for _, f := range families {
		e, err := c.named(f.name, ref)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return Entry{}, err
		}
		found = append(found, e)
	}
	switch len(found) {
	case 0:
		return Entry{}, c.notFound("", ref)
	case 1:
		return found[0], nil
	}
	return Entry{}, fmt.Errorf("goal %q: %w: want one of %s", ref, ErrAmbiguous, fullNames(found))
}

// cutFullName splits FAMILY/NAME; a goal named like its family needs no slash.
func cutFullName(ref string) (familyName, name string, ok bool) {
	familyName, name, found := strings.Cut(ref, "/")
	if !found {
		name = familyName
	}
	_, err := familyOf(familyName)
	return familyName, name, err == nil
}

// ReadFile reads a goal from a file, which needs no name.
func ReadFile(path, familyName string) (Entry, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Entry{}, fmt.Errorf("goal %q: %w: the file does not exist", path, ErrNotFound)
	}
	if err != nil {
		return Entry{}, fmt.Errorf("read goal: %w", err)
	}
	defer file.Close()
	e, err := Parse(file, familyName)
	if err != nil {
		return Entry{}, fmt.Errorf("goal %s: %w", path, err)
	}
	e.File = path
	return e, nil
}

// named returns a published or the user's goal by its short name.
func (c Catalogue) named(familyName, name string) (Entry, error) {
	for _, e := range Published() {
		if e.Family == familyName && e.Name == name {
			return e, nil
		}
	}
	if !goalName.MatchString(name) {
		return Entry{}, c.notFound(familyName, name)
	}
	e, err := c.own(familyName, name)
	if errors.Is(err, ErrNotFound) {
		return Entry{}, c.notFound(familyName, name)
	}
	return e, err
}

func (c Catalogue) own(familyName, name string) (Entry, error) {
	e, err := ReadFile(c.path(familyName, name), familyName)
	e.Name = name
	return e, err
}

func (c Catalogue) path(familyName, name string) string {
	return filepath.Join(c.dir, familyName, name+".yaml")
}

// notFound names the goals that there are.
func (c Catalogue) notFound(familyName, name string) error {
	all, _ := c.List() // broken files have no name to offer
	var offered []Entry
	for _, e := range all {
		if familyName == "" || e.Family == familyName {
			offered = append(offered, e)
		}
	}
	if familyName == "" {
		return fmt.Errorf("goal %q: %w: want one of %s, or a file", name, ErrNotFound, fullNames(offered))
	}
	var names []string
	for _, e := range offered {
		names = append(names, e.Name)
	}
	return fmt.Errorf("goal %q: %w in %s: want one of %s, or a file", name, ErrNotFound, familyName, strings.Join(names, ", "))
}

func fullNames(entries []Entry) string {
	var names []string
	for _, e := range entries {
		names = append(names, e.FullName())
	}
	return strings.Join(names, ", ")
}
