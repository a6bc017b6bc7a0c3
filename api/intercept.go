package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/goal-search/goal-search/api/wire"
	"github.com/goal-search/goal-search/study"
)

// requestIDMax is the length of a request_id in bytes: a call may need several
// requests of the store.
const requestIDMax = 100

// guard is what every call passes on its way in and out.
type guard struct {
	token   func() string // that clients must show; nil: none
	log     *slog.Logger
	decoder *decoder
}

func (g guard) unary(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (answer any, err error) {
	defer func(began time.Time) { err = g.leave(ctx, info.FullMethod, began, recover(), err) }(time.Now())
	if err := g.enter(ctx, info.FullMethod); err != nil {
		return nil, err
	}
	if ctx, err = withRequest(ctx, info.FullMethod, request); err != nil {
		return nil, err
	}
	return handle(ctx, request)
}

func (g guard) stream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) (err error) {
	defer func(began time.Time) { err = g.leave(stream.Context(), info.FullMethod, began, recover(), err) }(time.Now())
	if err := g.enter(stream.Context(), info.FullMethod); err != nil {
		return err
	}
	return handle(server, askingStream{stream, g.decoder})
}

// enter lets in who shows the token, and whoever asks about the server's health.
func (g guard) enter(ctx context.Context, method string) error {
	if strings.HasPrefix(method, "/grpc.health.v1.Health/") {
		return nil
	}
	return checkToken(g.token, metadata.ValueFromIncomingContext(ctx, "authorization"))
}

// checkToken tells whether one of the headers shows the token; nil needs none.
func checkToken(token func() string, shown []string) error {
	if token == nil {
		return nil
	}
	want := []byte("Bearer " + token())
	for _, header := range shown {
		if subtle.ConstantTimeCompare([]byte(header), want) == 1 {
			return nil
		}
	}
	return status.Error(codes.Unauthenticated, "a token is required: send the header authorization: Bearer TOKEN")
}

// leave gives every error its code. What a client is not told is logged, and to
// who debugs every call.
func (g guard) leave(ctx context.Context, method string, began time.Time, panicked any, err error) (told error) {
	defer func() {
		g.log.Debug("call", "method", method, "code", status.Code(told), "duration", time.Since(began), "peer", peerOf(ctx))
	}()
	if panicked != nil {
		g.log.Error("a call panicked", "method", method, "panic", panicked, "stack", string(debug.Stack()))
		return status.Error(codes.Internal, "the server failed; its log says why")
	}
	whole, told := wire.FromError(err)
	if !whole {
		g.log.Error("a call failed", "method", method, "error", err)
	}
	return told
}

// peerOf is who calls; of a call as JSON, which another guard passes on, the bridge.
func peerOf(ctx context.Context) string {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return ""
	}
	return p.Addr.String()
}

// withRequest makes a call that carries a request_id one that happens once.
func withRequest(ctx context.Context, method string, request any) (context.Context, error) {
	identified, ok := request.(interface {
		proto.Message
		GetRequestId() string
	})
	if !ok || identified.GetRequestId() == "" {
		return ctx, nil
	}
	id := identified.GetRequestId()
	if len(id) > requestIDMax {
		return ctx, invalid("request_id", fmt.Errorf("%d bytes: want at most %d", len(id), requestIDMax))
	}
	if err := (study.Request{ID: id}).Validate(); err != nil {
		return ctx, invalid("request_id", err)
	}
	text, err := proto.MarshalOptions{Deterministic: true}.Marshal(identified)
	if err != nil {
		return ctx, err
	}
	sum := sha256.Sum256(append([]byte(method+"\n"), text...))
	return study.WithRequest(ctx, study.Request{ID: id, Fingerprint: hex.EncodeToString(sum[:])}), nil
}
