package fetch

import (
	"context"
	"errors"
	"io"
	"time"
)

// errStalled ends an attempt whose server has gone silent.
var errStalled = errors.New("the server stopped sending")

// body reads an answer and restarts the watch with every byte.
type body struct {
	from  io.Reader
	watch *time.Timer
	stall time.Duration
}

func (b *body) Read(dst []byte) (int, error) {
	n, err := b.from.Read(dst)
	if n > 0 {
		b.watch.Reset(b.stall)
	}
	if err != nil && err != io.EOF {
		err = retryable{err}
	}
	return n, err
}

// copyTo copies all of src to dst and calls each after every piece.
func copyTo(dst io.Writer, src io.Reader, each func()) error {
	buffer := make([]byte, 1<<16)
	for {
		n, err := src.Read(buffer)
		if n > 0 {
			if _, err := dst.Write(buffer[:n]); err != nil {
				return err
			}
			each()
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// causeOf returns why ctx ended, if it did, in place of the error that this
// led to. A stall may pass, the caller's own reason is final.
func causeOf(ctx context.Context, err error) error {
	switch cause := context.Cause(ctx); {
	case cause == nil:
		return err
	case errors.Is(cause, errStalled):
		return retryable{cause}
	default:
		return cause
	}
}
