package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
)

// Bounds of a connection.
const (
	receiveMax = 4 << 20 // bytes of a message
	sendMax    = 32 << 20
	streamsMax = 4096 // calls at a time: each slot of a worker waits in one

	pingAfter   = 30 * time.Second // of silence
	pingTimeout = 10 * time.Second
	pingPause   = 5 * time.Second // at least, between a client's own pings
)

// Access says how clients are let in. Its zero value lets in whoever reaches
// the server, which may then listen on loopback only.
type Access struct {
	TLS *tls.Config // nil: no encryption
	// Token is asked with every call for the token that clients show, which may be
	// another one by then; nil: none.
	Token func() string
}

// CheckAddress refuses an address that other machines can reach unless
// connections are encrypted and clients show a token.
func (a Access) CheckAddress(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("address %q: want HOST:PORT, such as 127.0.0.1:7700", address)
	}
	if a.TLS != nil && a.Token != nil || isLoopback(host) {
		return nil
	}
	return fmt.Errorf("address %q can be reached from other machines: want --tls-cert, --tls-key and --token-file, or a loopback address such as 127.0.0.1:7700", address)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// NewGRPC returns a gRPC server with the service, its reflection and its
// health.
func (s *Server) NewGRPC(a Access) *grpc.Server {
	d := newDecoder()
	g := guard{token: a.Token, log: s.config.Log, decoder: d}
	options := []grpc.ServerOption{
		grpc.ForceServerCodecV2(d),
		grpc.UnaryInterceptor(g.unary),
		grpc.StreamInterceptor(g.stream),
		grpc.MaxRecvMsgSize(receiveMax),
		grpc.MaxSendMsgSize(sendMax),
		grpc.MaxConcurrentStreams(streamsMax),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: pingAfter, Timeout: pingTimeout}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: pingPause, PermitWithoutStream: true}),
	}
	if a.TLS != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(a.TLS)))
	}
	server := grpc.NewServer(options...)
	server.RegisterService(d.asking(pb.SearchService_ServiceDesc), s)
	healthpb.RegisterHealthServer(server, s.health())
	reflection.Register(server)
	return server
}

// health says SERVING until the server closes.
func (s *Server) health() *health.Server {
	h := health.NewServer()
	h.SetServingStatus(pb.SearchService_ServiceDesc.ServiceName, healthpb.HealthCheckResponse_SERVING)
	context.AfterFunc(s.closing, h.Shutdown)
	return h
}

// stopTimeout bounds how long calls may take to end once the server closes.
const stopTimeout = 10 * time.Second

// Serve serves on the listener until the server closes, and returns when every
// call has ended.
func (s *Server) Serve(server *grpc.Server, listener net.Listener) error {
	stopped := make(chan struct{})
	unwatch := context.AfterFunc(s.closing, func() {
		defer close(stopped)
		force := time.AfterFunc(stopTimeout, server.Stop)
		defer force.Stop()
		server.GracefulStop()
	})
	err := server.Serve(listener)
	if !unwatch() {
		<-stopped
	}
	if errors.Is(err, grpc.ErrServerStopped) {
		return nil
	}
	return err
}
