package fetch

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
)

// verify holds size bytes of content against the size and digests of f.
func verify(content io.ReaderAt, size int64, f File) error {
	if f.Size > 0 && size != f.Size {
		return fmt.Errorf("%w: it has %d bytes: want %d", ErrChecksum, size, f.Size)
	}
	for _, digest := range []struct {
		name, want string
		hash       hash.Hash
	}{{"MD5", f.MD5, md5.New()}, {"SHA-256", f.SHA256, sha256.New()}} {
		if digest.want == "" {
			continue
		}
		if _, err := io.Copy(digest.hash, io.NewSectionReader(content, 0, size)); err != nil {
			return localFault{err}
		}
		if got := hex.EncodeToString(digest.hash.Sum(nil)); got != digest.want {
			return fmt.Errorf("%w: its %s is %s: want %s", ErrChecksum, digest.name, got, digest.want)
		}
	}
	return nil
}

// known tells whether the file at path has the digests of f, of which there
// must be one.
func known(path string, f File) bool {
	if !f.digested() {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	info, err := file.Stat()
	return err == nil && verify(file, info.Size(), f) == nil
}
