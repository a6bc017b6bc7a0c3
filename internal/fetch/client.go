package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

var (
	// ErrChecksum is returned when a complete file is not the one wanted.
	ErrChecksum = errors.New("wrong checksum")
	// ErrNotFound is returned when a server or folder does not have a file.
	ErrNotFound = errors.New("not found")
	// ErrTooLarge is returned for a file above its bound.
	ErrTooLarge = errors.New("too large")
)

// MaxSizeDefault bounds a file whose size is not known, in bytes.
const MaxSizeDefault = 1 << 30

// File is a file to download.
type File struct {
	Name string   // for messages
	URLs []string // mirrors, tried in order

	// MD5 and SHA256 are hexadecimal digests of the file as served; empty
	// means not checked. Without either, only a download interrupted within
	// the same call is resumed, for a mirror's file could have changed since.
	MD5, SHA256 string

	Size    int64 // exact, in bytes; 0 means unknown
	MaxSize int64 // bound on an unknown size; 0 means MaxSizeDefault

	// Check, unless nil, has the last word on a file that is complete and
	// whose digests hold. Path is where it lies for the time being.
	Check func(path string) error
}

// limit returns the bound on the file's size.
func (f File) limit() int64 {
	switch {
	case f.Size > 0:
		return f.Size
	case f.MaxSize > 0:
		return f.MaxSize
	}
	return MaxSizeDefault
}

// digested tells whether a digest says what the file must be.
func (f File) digested() bool { return f.MD5 != "" || f.SHA256 != "" }

// Progress is told how much of a file is there, in bytes; total is -1 while it
// is not known.
type Progress func(done, total int64)

// Client downloads. The zero value is ready for use.
type Client struct {
	HTTP     *http.Client  // nil means one that limits the wait for an answer
	Attempts int           // for each URL; 0 means 4
	Wait     time.Duration // before the second attempt, then doubled up to waitMax; 0 means 1 s
	Stall    time.Duration // without a byte before an attempt is given up; 0 means 60 s
}

// waitMax bounds the wait between two attempts.
const waitMax = 30 * time.Second

// Get downloads f to dst, whose folder is made if need be. A file at dst with
// the digests of f is left as it is; any other is replaced, in one step and
// only when everything about the new one is right.
// When ctx ends, what has arrived stays in dst.part for the next call. The
// error names every URL tried, with the reason; a wrong file is deleted and
// tells ErrChecksum.
func (c *Client) Get(ctx context.Context, dst string, f File, progress Progress) error {
	if len(f.URLs) == 0 {
		return fmt.Errorf("download %s: no URL is given", f.Name)
	}
	if known(dst, f) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(dst), 0o755); err != nil {
		return fmt.Errorf("download %s: %w", f.Name, err)
	}
	p, err := openPart(dst + partSuffix)
	if err != nil {
		return fmt.Errorf("download %s: %w", f.Name, err)
	}
	defer p.close()
	if progress == nil {
		progress = func(int64, int64) {}
	}
	if err := c.fill(ctx, p, f, progress); err != nil {
		return err
	}
	if err := p.rename(dst); err != nil {
		return fmt.Errorf("download %s: %w", f.Name, err)
	}
	return nil
}

// fill brings the part to completion from the first mirror that can.
func (c *Client) fill(ctx context.Context, p *part, f File, progress Progress) error {
	if !f.digested() {
		if err := p.restart(); err != nil {
			return err
		}
	} else if p.size > 0 && p.verify(f) == nil {
		return nil // complete already, only not yet renamed
	}
	var faults []error
	for i, url := range f.URLs {
		if i > 0 && !f.digested() {
			if err := p.restart(); err != nil {
				return err
			}
		}
		err := c.fromMirror(ctx, p, f, url, progress)
		if err == nil {
			return nil
		}
		faults = append(faults, fmt.Errorf("download %s: %w", url, err))
		var local localFault
		if ctx.Err() != nil || errors.As(err, &local) {
			break
		}
	}
	return errors.Join(faults...)
}

// fromMirror tries one URL until it works, cannot work or Attempts are over.
func (c *Client) fromMirror(ctx context.Context, p *part, f File, url string, progress Progress) error {
	wait := c.wait()
	for attempt := 1; ; attempt++ {
		err := c.attempt(ctx, p, f, url, progress)
		var again retryable
		if err == nil || !errors.As(err, &again) || ctx.Err() != nil {
			return err
		}
		if attempt >= c.attempts() {
			return fmt.Errorf("%w (after %d attempts)", err, attempt)
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, waitMax)
	}
}

// attempt asks the URL for what is missing of the part and verifies the whole.
func (c *Client) attempt(ctx context.Context, p *part, f File, url string, progress Progress) error {
	resumed := p.size > 0
	if err := c.download(ctx, p, f, url, progress); err != nil {
		return err
	}
	err := p.verify(f)
	if err == nil {
		return nil
	}
	if fault := p.restart(); fault != nil {
		return fault
	}
	if resumed { // its beginning may have been another file's
		return retryable{err}
	}
	return err
}

func (c *Client) attempts() int {
	if c.Attempts > 0 {
		return c.Attempts
	}
	return 4
}

func (c *Client) wait() time.Duration {
	if c.Wait > 0 {
		return min(c.Wait, waitMax)
	}
	return time.Second
}

func (c *Client) stall() time.Duration {
	if c.Stall > 0 {
		return c.Stall
	}
	return time.Minute
}

// sleep waits for d or the end of ctx, and returns the error of the latter.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// retryable marks a fault that another attempt may not meet.
type retryable struct{ error }

func (r retryable) Unwrap() error { return r.error }

// localFault marks a fault of this machine, which no mirror can mend.
type localFault struct{ error }

func (l localFault) Unwrap() error { return l.error }
