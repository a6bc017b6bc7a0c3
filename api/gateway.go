package api

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
)

// bridgeSize is how much of the bridge between gateway and service is buffered.
const bridgeSize = 1 << 20

// ServeHTTP serves the same calls as JSON, and the OpenAPI document that
// describes them at /openapi.json, on the listener until the server closes.
// Calls pass through the same guard: the header Authorization is the token's.
func (s *Server) ServeHTTP(listener net.Listener, a Access) error {
	bridge := bufconn.Listen(bridgeSize)
	inner := s.NewGRPC(Access{Token: a.Token})
	served := make(chan error, 1)
	go func() { served <- s.Serve(inner, bridge) }()
	conn, err := grpc.NewClient("passthrough:bridge",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return bridge.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(sendMax)))
	if err != nil {
		return err
	}
	defer conn.Close()
	gateway := runtime.NewServeMux(runtime.WithMarshalerOption(runtime.MIMEWildcard, jsonForm()))
	if err := pb.RegisterSearchServiceHandlerClient(s.closing, gateway, pb.NewSearchServiceClient(conn)); err != nil {
		return err
	}
	err = s.listenHTTP(listener, a, gateway)
	inner.Stop()
	return errors.Join(err, <-served)
}

func (s *Server) listenHTTP(listener net.Listener, a Access, gateway http.Handler) error {
	mux := http.NewServeMux()
	mux.Handle("/v1/", gateway)
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(pb.OpenAPI)
	})
	server := &http.Server{Handler: mux, TLSConfig: a.TLS, ReadHeaderTimeout: pingTimeout, IdleTimeout: 2 * pingAfter}
	stopped := make(chan error, 1)
	context.AfterFunc(s.closing, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.closing), stopTimeout)
		defer cancel()
		stopped <- server.Shutdown(ctx)
	})
	var err error
	if a.TLS != nil {
		err = server.ServeTLS(listener, "", "")
	} else {
		err = server.Serve(listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return <-stopped
	}
	return err
}
