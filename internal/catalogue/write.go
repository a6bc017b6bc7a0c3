package catalogue

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Add writes the goal to the user's folder and returns it with its file. A
// name that the family has already is refused with ErrExists. The file is
// there whole or not at all.
func (c Catalogue) Add(e Entry) (Entry, error) {
	if e.Name == "" {
		return Entry{}, errors.New("the goal has no name: want name in the file, or --name")
	}
	if !goalName.MatchString(e.Name) {
		return Entry{}, nameError(e.Name)
	}
	if _, err := c.named(e.Family, e.Name); err == nil {
		return Entry{}, fmt.Errorf("goal %s: %w: want another name, or remove it first", e.FullName(), ErrExists)
	}
	e.File = c.path(e.Family, e.Name)
	if err := writeNew(e.File, e.YAML()); errors.Is(err, fs.ErrExist) {
		return Entry{}, fmt.Errorf("goal %s: %w: want another name, or remove it first", e.FullName(), ErrExists)
	} else if err != nil {
		return Entry{}, fmt.Errorf("write goal: %w", err)
	}
	return e, nil
}

// writeNew writes a file that must not exist. A hard link, unlike a rename,
// fails where the name is taken; not every file system has it.
func writeNew(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	err = os.Link(file.Name(), path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	return os.Rename(file.Name(), path)
}

// Remove deletes the user's goal of that name. Published goals stay.
func (c Catalogue) Remove(familyName, name string) (Entry, error) {
	e, err := c.named(familyName, name)
	if err != nil {
		return Entry{}, err
	}
	if e.Published() {
		return Entry{}, fmt.Errorf("goal %s: %w", e.FullName(), ErrPublished)
	}
	if err := os.Remove(e.File); err != nil {
		return Entry{}, fmt.Errorf("remove goal: %w", err)
	}
	return e, nil
}
