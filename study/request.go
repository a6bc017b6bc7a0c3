package study

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Request identifies a call that a client repeats when it does not know
// whether it was heard.
type Request struct {
	ID          string // unique; at most RequestIDMax bytes
	Fingerprint string // of everything that was asked
}

// RequestIDMax is the length of the longest ID of a request, in bytes.
const RequestIDMax = 120

// Validate tells whether the request can be told from all others.
func (r Request) Validate() error {
	if r.ID == "" || len(r.ID) > RequestIDMax {
		return fmt.Errorf("a request ID of %d bytes: want 1 to %d", len(r.ID), RequestIDMax)
	}
	if !utf8.ValidString(r.ID) || strings.TrimSpace(r.ID) != r.ID {
		return fmt.Errorf("request ID %q: want UTF-8 without spaces at its ends", r.ID)
	}
	return nil
}

type requestKey struct{}

// WithRequest returns a context with which a Store's transition happens once:
// repeated with the same request, it returns what it returned first. With the
// same ID and another fingerprint it is ErrConflict. A transition that failed
// has not happened, and is tried again.
func WithRequest(ctx context.Context, r Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// RequestOf returns the request that WithRequest put into ctx.
func RequestOf(ctx context.Context) (Request, bool) {
	r, ok := ctx.Value(requestKey{}).(Request)
	return r, ok
}
