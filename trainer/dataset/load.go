package dataset

import (
	"bufio"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// load reads a part of the data set from the files in dir. What is wrong with
// a file is ErrInvalid, with its path and the reason.
func (m Manifest) load(dir string, part Part) (*Images, error) {
	im := m.shape()
	for _, f := range m.Files {
		if f.Part != part {
			continue
		}
		path, ok := f.find(dir)
		if !ok {
			return nil, fmt.Errorf("%w: no %s[.gz] in %s", ErrMissing, f.Name, dir)
		}
		sum, err := f.read(path, im)
		if err != nil {
			return nil, err
		}
		if owner := ownerOf(sum); owner != "" && owner != m.Name {
			return nil, fmt.Errorf("%w: %s: it is the file of that name of %s", ErrInvalid, path, owner)
		}
	}
	return im, nil
}

// Check reports whether the file at path, plain or gzipped, can be the file
// called name of this data set: by format, size and counts. What is wrong with
// it is ErrInvalid, with the path and the reason. Original tells whether it is
// known to have the content, or to be the download, of the data set's authors;
// where that is not known, as for a recompressed file of Fashion-MNIST, it is
// false.
func (m Manifest) Check(name, path string) (original bool, err error) {
	f, ok := m.File(name)
	if !ok {
		return false, fmt.Errorf("%s has no file %q", m.Name, name)
	}
	sum, err := f.read(path, m.shape())
	if err != nil {
		return false, err
	}
	if owner := ownerOf(sum); owner != "" && owner != m.Name {
		return false, fmt.Errorf("%w: %s: it is the file of that name of %s", ErrInvalid, path, owner)
	}
	if f.SHA256 != "" {
		return sum == f.SHA256, nil
	}
	return m.downloaded(f, path)
}

// downloaded tells whether the file at path is, byte for byte, what the
// mirrors have.
func (m Manifest) downloaded(f File, path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	h := md5.New()
	if _, err := io.Copy(h, file); err != nil {
		return false, fmt.Errorf("read %s: %w", path, err)
	}
	for _, d := range m.Downloads {
		if !d.Archive && slices.Contains(d.Holds, f.Name) && d.MD5 == hex.EncodeToString(h.Sum(nil)) {
			return true, nil
		}
	}
	return false, nil
}

// find returns the path of the file in dir, plain or gzipped.
func (f File) find(dir string) (path string, ok bool) {
	for _, name := range []string{f.Name, f.Name + ".gz"} {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, true
		}
	}
	return "", false
}

// read appends the content of the file at path to dst and returns its SHA-256,
// uncompressed.
func (f File) read(path string, dst *Images) (sum string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum, err = f.readFrom(file, dst)
	var fault *fs.PathError
	if errors.As(err, &fault) {
		return "", err
	}
	if err != nil {
		return "", fmt.Errorf("%w: %s: %w", ErrInvalid, path, err)
	}
	return sum, nil
}

// readFrom is read from an open file. Whether it is gzipped is seen from its
// first bytes, which no IDX or CIFAR-10 file begins with.
func (f File) readFrom(file io.Reader, dst *Images) (sum string, err error) {
	buffered := bufio.NewReaderSize(file, 1<<16)
	var r io.Reader = buffered
	if magic, _ := buffered.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		if r, err = gzip.NewReader(buffered); err != nil {
			return "", err
		}
	}
	h := sha256.New()
	r = io.TeeReader(r, h)
	if err := f.decode(r, dst, f.images); err != nil {
		return "", err
	}
	// This also makes gzip check the length and CRC at its end.
	n, err := io.ReadFull(r, make([]byte, 1))
	if n > 0 {
		return "", fmt.Errorf("it goes on after its %d bytes", f.Bytes)
	}
	if !errors.Is(err, io.EOF) {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// ownerOf returns the data set that has a file with this content, as far as it
// is known. It tells MNIST from Fashion-MNIST, whose files have the same names
// and sizes.
func ownerOf(sum string) string {
	for _, name := range names {
		m, _ := ManifestOf(name)
		if slices.ContainsFunc(m.Files, func(f File) bool { return f.SHA256 == sum }) {
			return name
		}
	}
	return ""
}
