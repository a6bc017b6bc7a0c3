package fetch

import (
	"errors"
	"fmt"
	"os"
)

// partSuffix ends the name of a file that is not complete.
const partSuffix = ".part"

// errLocked is returned while another process writes the same file.
var errLocked = errors.New("another process is downloading it")

// part is a file on its way, held by one process at a time.
type part struct {
	file *os.File
	size int64 // bytes that have arrived

	etag string // of the version they belong to; empty when not known
}

// openPart opens the part at path, made if need be, with what has arrived in
// earlier calls.
func openPart(path string) (*part, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, localFault{err}
	}
	size, err := hold(file)
	if err != nil {
		file.Close()
		return nil, localFault{fmt.Errorf("%s: %w", path, err)}
	}
	return &part{file: file, size: size}, nil
}

// hold locks the file and returns its size. A process that held it before may
// have finished in the meantime and renamed it: then it is no part any more.
func hold(file *os.File) (size int64, err error) {
	if err := lock(file); err != nil {
		return 0, err
	}
	own, err := file.Stat()
	if err != nil {
		return 0, err
	}
	named, err := os.Stat(file.Name())
	if err != nil || !os.SameFile(own, named) {
		return 0, errLocked
	}
	return own.Size(), nil
}

// Write appends to the part.
func (p *part) Write(b []byte) (int, error) {
	n, err := p.file.WriteAt(b, p.size)
	p.size += int64(n)
	if err != nil {
		err = localFault{err}
	}
	return n, err
}

// restart throws away what has arrived.
func (p *part) restart() error {
	p.size, p.etag = 0, ""
	if err := p.file.Truncate(0); err != nil {
		return localFault{err}
	}
	return nil
}

// verify holds the part against all that is known of the file.
func (p *part) verify(f File) error {
	if err := verify(p.file, p.size, f); err != nil {
		return err
	}
	if f.Check == nil {
		return nil
	}
	return f.Check(p.file.Name())
}

// rename gives the finished part its name. The content reaches the disk first,
// so that not even a power cut leaves a file under that name incomplete.
func (p *part) rename(dst string) error {
	if err := p.file.Sync(); err != nil {
		return err
	}
	return os.Rename(p.file.Name(), dst)
}

// close lets go of the part; an empty one is removed.
func (p *part) close() {
	if p.size == 0 {
		os.Remove(p.file.Name())
	}
	p.file.Close()
}
