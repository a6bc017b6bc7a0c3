package fetch

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Entry is a file that is wanted, with its exact size in bytes, uncompressed.
type Entry struct {
	Name  string
	Bytes int64
}

// spareBytes bounds what an archive may hold beside the entries wanted.
const spareBytes = 64 << 20

// Extract unpacks the entries from the gzipped tar file at archive into dir,
// which must exist. They may lie in any folder of the archive; everything else
// in it is passed over, and no name of the archive is ever used as a path. It
// fails when an entry is missing, there twice, not a plain file or of another
// size, and when the archive is broken anywhere up to its end; what it wrote
// by then stays in dir, to be thrown away by the caller.
func Extract(ctx context.Context, archive, dir string, entries []Entry) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := extract(ctx, file, dir, entries); err != nil {
		return fmt.Errorf("unpack %s: %w", archive, err)
	}
	return nil
}

func extract(ctx context.Context, r io.Reader, dir string, entries []Entry) error {
	unzipped, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("it is not gzipped: %w", err)
	}
	bounded := &bound{from: unzipped, left: spareBytes, ctx: ctx}
	missing := map[string]int64{}
	for _, e := range entries {
		missing[e.Name] = e.Bytes
		bounded.left += e.Bytes
	}
	reader := tar.NewReader(bounded)
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := take(reader, header, dir, entries, missing); err != nil {
			return err
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("%w: it does not hold %s", ErrNotFound, namesOf(entries, missing))
	}
	_, err = io.Copy(io.Discard, bounded) // gzip checks its sum at the end
	return err
}

// take writes the entry that the reader stands at, if it is a wanted one, and
// strikes it off.
func take(r io.Reader, header *tar.Header, dir string, entries []Entry, missing map[string]int64) error {
	name := path.Base(header.Name)
	size, ok := missing[name]
	switch {
	case !ok && !wanted(entries, name):
		return nil
	case !ok:
		return fmt.Errorf("it holds %s twice", name)
	case header.Typeflag != tar.TypeReg:
		return fmt.Errorf("its %s is not a plain file", name)
	case header.Size != size:
		return fmt.Errorf("its %s has %d bytes: want %d", name, header.Size, size)
	}
	delete(missing, name)
	return write(filepath.Join(dir, name), r)
}

// write copies r to a new file.
func write(path string, r io.Reader) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, r)
	return errors.Join(err, file.Sync(), file.Close())
}

func wanted(entries []Entry, name string) bool {
	for _, e := range entries {
		if e.Name == name {
			return true
		}
	}
	return false
}

func namesOf(entries []Entry, missing map[string]int64) string {
	var names []string
	for _, e := range entries {
		if _, ok := missing[e.Name]; ok {
			names = append(names, e.Name)
		}
	}
	return strings.Join(names, ", ")
}

// bound passes on a limited number of bytes, and none after ctx ends: a small
// gzip file can unpack to any size. It lives for one extraction.
type bound struct {
	from io.Reader
	left int64
	ctx  context.Context
}

func (b *bound) Read(dst []byte) (int, error) {
	if err := context.Cause(b.ctx); err != nil {
		return 0, err
	}
	if b.left <= 0 {
		return 0, fmt.Errorf("%w: it unpacks to far more than what is wanted of it", ErrTooLarge)
	}
	n, err := b.from.Read(dst[:min(int64(len(dst)), b.left)])
	b.left -= int64(n)
	return n, err
}
