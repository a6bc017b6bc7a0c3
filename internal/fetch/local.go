package fetch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// fromFolder copies the entries of a download from a folder of the user's: each
// by itself, or all of them from the archive when they lie there packed.
func (b Bundle) fromFolder(ctx context.Context, d Download, folder string, progress BundleProgress) ([]Report, error) {
	for _, dir := range subfolders(folder, b.Name) {
		if paths, ok := findAll(dir, d.Holds); ok {
			return b.copyAll(ctx, d, paths, progress)
		}
		archive := filepath.Join(dir, d.Name)
		if info, err := os.Stat(archive); d.Archive && err == nil && info.Mode().IsRegular() {
			return b.unpack(ctx, d, archive, archive)
		}
	}
	return nil, fmt.Errorf("%w: %s has no %s", ErrNotFound, folder, offers(d))
}

// subfolders returns where the files may lie: in the folder or one below it,
// those of the bundle's name first, for several bundles can share file names.
func subfolders(folder, name string) []string {
	dirs := []string{filepath.Join(folder, name), folder}
	for _, dir := range dirs[:2] {
		below, _ := filepath.Glob(filepath.Join(dir, "*-bin"))
		dirs = append(dirs, below...)
	}
	return dirs
}

// offers names what a folder could have held.
func offers(d Download) string {
	var names []string
	for _, e := range d.Holds {
		names = append(names, e.Name)
	}
	text := strings.Join(names, ", ") + " (plain or .gz)"
	if d.Archive {
		text += " and no " + d.Name
	}
	return text
}

// findAll returns the paths of all entries in dir.
func findAll(dir string, entries []Entry) ([]string, bool) {
	var paths []string
	for _, e := range entries {
		path, ok := find(dir, e.Name)
		if !ok {
			return nil, false
		}
		paths = append(paths, path)
	}
	return paths, true
}

// copyAll copies each entry from its path, which it keeps the ending of.
func (b Bundle) copyAll(ctx context.Context, d Download, paths []string, progress BundleProgress) ([]Report, error) {
	var reports []Report
	for i, e := range d.Holds {
		dst := filepath.Join(b.Dir, filepath.Base(paths[i]))
		original, err := b.copyFile(ctx, dst, paths[i], e, progress)
		if err != nil {
			return nil, fmt.Errorf("copy %s: %w", paths[i], err)
		}
		reports = append(reports, Report{Name: e.Name, Path: dst, Source: paths[i], Original: original})
	}
	return reports, nil
}

// copyFile copies a file to dst, which gets its name once the copy is right.
func (b Bundle) copyFile(ctx context.Context, dst, src string, e Entry, progress BundleProgress) (original bool, err error) {
	from, err := os.Open(src)
	if err != nil {
		return false, err
	}
	defer from.Close()
	info, err := from.Stat()
	if err != nil {
		return false, err
	}
	if limit := e.Bytes + spareBytes; info.Size() > limit {
		return false, fmt.Errorf("%w: it has %d bytes: want at most %d", ErrTooLarge, info.Size(), limit)
	}
	if _, err := b.Check(e.Name, src); err != nil {
		return false, err
	}
	p, err := openPart(dst + partSuffix)
	if err != nil {
		return false, err
	}
	defer p.close()
	if err := p.restart(); err != nil {
		return false, err
	}
	bounded := &bound{from: from, left: info.Size() + 1, ctx: ctx}
	if err := copyTo(p, bounded, func() { progress(filepath.Base(src), p.size, info.Size()) }); err != nil {
		return false, errors.Join(err, p.restart())
	}
	if original, err = b.Check(e.Name, p.file.Name()); err != nil {
		return false, errors.Join(err, p.restart())
	}
	return original, p.rename(dst)
}
