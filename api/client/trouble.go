package client

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// trouble is why a call came to nothing before the server took it, in words
// that say what to do.
type trouble struct {
	code  codes.Code
	words string
	lasts bool // until a person mends it
}

func (t *trouble) Error() string { return t.words }

// GRPCStatus lets status.FromError see it.
func (t *trouble) GRPCStatus() *status.Status { return status.New(t.code, t.words) }

// signs are looked for in what gRPC says, which is all that it tells.
var signs = []struct {
	sign, words string
	lasts       bool
}{
	{"failed to verify certificate", "its certificate cannot be verified: want that of its authority with --ca or $GOAL_SEARCH_CA, and a host that its own certificate names", true},
	{"does not look like a TLS handshake", "it does not speak TLS: leave --ca and $GOAL_SEARCH_CA out", true},
	{"looked like an HTTP/1.1 header", "it does not speak gRPC: the port is that of its --listen, not of its --http", true},
	// A server with a certificate hangs up, and so does a line that breaks.
	{"error reading server preface", "it does not speak gRPC without TLS: a server with a certificate takes --ca or $GOAL_SEARCH_CA", false},
	{"connection refused", "connection refused: is a goal-search server running there?", false},
	{"produced zero addresses", "there is no such host", false},
}

// explain says why a call did not reach the server. Other errors, and what the
// server answered, stay as they are.
func (c *Client) explain(err error) error {
	address := c.conn.Target()
	s, ok := status.FromError(err)
	switch {
	case err == nil || !ok:
		return err
	case s.Code() == codes.Unauthenticated:
		wanted := "a token is required"
		if c.config.Token != nil {
			wanted += ", and not the one that was shown"
		}
		return &trouble{s.Code(), fmt.Sprintf("server %s: %s: want the server's with --token-file or $GOAL_SEARCH_TOKEN_FILE", address, wanted), true}
	case s.Code() != codes.Unavailable:
		return err
	}
	for _, known := range signs {
		if strings.Contains(s.Message(), known.sign) {
			return &trouble{s.Code(), fmt.Sprintf("server %s: %s", address, known.words), known.lasts}
		}
	}
	return &trouble{s.Code(), fmt.Sprintf("server %s: %s", address, s.Message()), false}
}

// explained is explain for every call that has one answer, and tells
// Config.Tried.
func (c *Client) explained(ctx context.Context, method string, request, answer any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	err := c.explain(invoke(ctx, method, request, answer, conn, options...))
	if c.config.Tried != nil {
		c.config.Tried(reached(err))
	}
	return err
}

// reached returns the trouble, if the call did not reach the server.
func reached(err error) error {
	if t := (*trouble)(nil); errors.As(err, &t) {
		return t
	}
	return nil
}

// Lasts tells whether only a person can mend why a call did not reach the
// server.
func Lasts(err error) bool {
	t := (*trouble)(nil)
	return errors.As(err, &t) && t.lasts
}

// final gives trouble that lasts a code with which no call is repeated.
func final(err error) error {
	if Lasts(err) {
		return &trouble{codes.FailedPrecondition, err.Error(), true}
	}
	return err
}
