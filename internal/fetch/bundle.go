package fetch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Bundle is a set of files that belong together in one folder.
type Bundle struct {
	Name      string
	Dir       string // the folder, made if need be
	Downloads []Download

	// Check tells whether the file at path can be the entry of that name, and
	// whether its content is known to be the original's.
	Check func(name, path string) (original bool, err error)
}

// Download is a file on the mirrors and the entries of the bundle in it.
type Download struct {
	File
	Archive bool    // a gzipped tar file, of which only the entries are kept
	Holds   []Entry // exactly one unless Archive; it keeps the download's own name
}

// Report tells how an entry of a bundle came to be where it is.
type Report struct {
	Name     string `json:"name"`
	Path     string `json:"path"`
	Source   string `json:"source"`   // "present", a URL, or the path of what was copied
	Original bool   `json:"original"` // its content is known to be the original's
}

// BundleProgress is Progress with the name of the file.
type BundleProgress func(name string, done, total int64)

// Fetch brings every entry of the bundle into its folder, except those that
// are there and right. From is empty for the mirrors, else the base URL of
// another mirror or a folder that holds the files, plain or gzipped, itself or
// in a folder of the bundle's name. Files from the mirrors must have the known
// digests; files from elsewhere must pass Check. Entries fetched before an
// error stay.
func (c *Client) Fetch(ctx context.Context, b Bundle, from string, progress BundleProgress) ([]Report, error) {
	if progress == nil {
		progress = func(string, int64, int64) {}
	}
	source, err := c.source(b, from, progress)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", b.Name, err)
	}
	if err := os.MkdirAll(b.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("fetch %s: %w", b.Name, err)
	}
	var reports []Report
	for _, d := range b.Downloads {
		got, ok := b.present(d)
		if !ok {
			if got, err = source(ctx, d); err != nil {
				return reports, fmt.Errorf("fetch %s: %w", b.Name, err)
			}
			b.supersede(got)
		}
		reports = append(reports, got...)
	}
	return reports, nil
}

// source returns the way to get a download into the bundle's folder.
func (c *Client) source(b Bundle, from string, progress BundleProgress) (func(context.Context, Download) ([]Report, error), error) {
	scheme, _, isURL := strings.Cut(from, "://")
	switch {
	case from == "":
		return func(ctx context.Context, d Download) ([]Report, error) {
			return c.fromURLs(ctx, b, d, d.File, progress)
		}, nil
	case isURL && (scheme == "http" || scheme == "https"):
		return func(ctx context.Context, d Download) ([]Report, error) {
			return c.fromBase(ctx, b, d, from, progress)
		}, nil
	case isURL:
		return nil, fmt.Errorf("the source %q has the scheme %q: want http://, https:// or a folder", from, scheme)
	}
	if info, err := os.Stat(from); err != nil {
		return nil, fmt.Errorf("the source: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("the source %s is a file: want the folder that it is in", from)
	}
	return func(ctx context.Context, d Download) ([]Report, error) {
		return b.fromFolder(ctx, d, from, progress)
	}, nil
}

// present reports on the entries of a download if all of them are there and
// right, be they plain or gzipped.
func (b Bundle) present(d Download) ([]Report, bool) {
	var reports []Report
	for _, e := range d.Holds {
		path, ok := find(b.Dir, e.Name)
		if !ok {
			return nil, false
		}
		original, err := b.Check(e.Name, path)
		if err != nil {
			return nil, false
		}
		reports = append(reports, Report{Name: e.Name, Path: path, Source: "present", Original: original})
	}
	return reports, true
}

// supersede removes what else there is of the entries, plain where the new one
// is gzipped or the reverse: it was not right, and could be read in its place.
func (b Bundle) supersede(reports []Report) {
	for _, r := range reports {
		for _, name := range []string{r.Name, r.Name + ".gz"} {
			if path := filepath.Join(b.Dir, name); path != r.Path {
				os.Remove(path)
			}
		}
	}
}

// fromURLs gets a download as the file f, which says where and what to demand.
func (c *Client) fromURLs(ctx context.Context, b Bundle, d Download, f File, progress BundleProgress) ([]Report, error) {
	path := filepath.Join(b.Dir, f.Name)
	if !d.Archive {
		f.Check = func(path string) error { _, err := b.Check(d.Holds[0].Name, path); return err }
	}
	err := c.Get(ctx, path, f, func(done, total int64) { progress(f.Name, done, total) })
	if err != nil {
		return nil, err
	}
	source := strings.Join(f.URLs, " or ")
	if d.Archive {
		return b.settle(ctx, d, path, source)
	}
	original, err := b.Check(d.Holds[0].Name, path)
	if err != nil {
		return nil, err
	}
	return []Report{{Name: d.Holds[0].Name, Path: path, Source: source, Original: original}}, nil
}

// fromBase gets a download, or its only entry unpacked, from another mirror.
// Its digests are not asked for: the same content may be compressed otherwise.
func (c *Client) fromBase(ctx context.Context, b Bundle, d Download, base string, progress BundleProgress) ([]Report, error) {
	get := func(name string) ([]Report, error) {
		f := File{Name: name, URLs: []string{strings.TrimSuffix(base, "/") + "/" + name}, MaxSize: d.MaxSize}
		return c.fromURLs(ctx, b, d, f, progress)
	}
	reports, err := get(d.Name)
	if d.Archive || !errors.Is(err, ErrNotFound) {
		return reports, err
	}
	reports, second := get(d.Holds[0].Name)
	if second != nil {
		return nil, errors.Join(err, second)
	}
	return reports, nil
}

// settle unpacks a downloaded archive and removes it. One with known digests
// stays when that fails, on a full disk for instance: it is not to blame.
func (b Bundle) settle(ctx context.Context, d Download, archive, source string) ([]Report, error) {
	reports, err := b.unpack(ctx, d, archive, source)
	if err == nil || !known(archive, d.File) {
		err = errors.Join(err, os.Remove(archive))
	}
	return reports, err
}

// unpack takes the entries out of an archive and gives them their names once
// all of them are right.
func (b Bundle) unpack(ctx context.Context, d Download, archive, source string) ([]Report, error) {
	temporary, err := os.MkdirTemp(b.Dir, "unpack-*"+partSuffix)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temporary)
	if err := Extract(ctx, archive, temporary, d.Holds); err != nil {
		return nil, err
	}
	whole := known(archive, d.File) // then all in it is the original
	var reports []Report
	for _, e := range d.Holds {
		original, err := b.Check(e.Name, filepath.Join(temporary, e.Name))
		if err != nil {
			return nil, err
		}
		original = original || whole
		reports = append(reports, Report{Name: e.Name, Path: filepath.Join(b.Dir, e.Name), Source: source, Original: original})
	}
	for _, e := range d.Holds {
		if err := os.Rename(filepath.Join(temporary, e.Name), filepath.Join(b.Dir, e.Name)); err != nil {
			return nil, err
		}
	}
	return reports, nil
}

// find returns the path of the entry in dir, plain or gzipped.
func find(dir, name string) (path string, ok bool) {
	for _, name := range []string{name, name + ".gz"} {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, true
		}
	}
	return "", false
}
