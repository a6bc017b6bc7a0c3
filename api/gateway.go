package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

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

func (s *Server) listenHTTP(listener net.Listener, a Access, gateway *runtime.ServeMux) error {
	mux := http.NewServeMux()
	mux.Handle("/v1/", doorkeeper{gateway, a.Token})
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

// doorkeeper looks at a request before its body is read.
type doorkeeper struct {
	gateway *runtime.ServeMux
	token   func() string // as the guard's
}

// ServeHTTP implements http.Handler.
func (d doorkeeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := checkToken(d.token, r.Header.Values("Authorization"))
	if err == nil {
		err = checkText(r.URL)
	}
	if err != nil {
		_, marshaler := runtime.MarshalerForRequest(d.gateway, r)
		runtime.HTTPError(r.Context(), d.gateway, marshaler, w, r, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, receiveMax)
	d.gateway.ServeHTTP(w, r)
}

// checkText refuses fields in a URL that are no UTF-8, which no message can hold.
func checkText(u *url.URL) error {
	var v violations
	if !utf8.ValidString(u.Path) {
		v.add("name", errors.New("is not UTF-8"))
	}
	for field, values := range u.Query() {
		if !utf8.ValidString(field + strings.Join(values, "")) {
			v.add(strings.ToValidUTF8(field, "\uFFFD"), errors.New("is not UTF-8"))
		}
	}
	return v.err()
}
