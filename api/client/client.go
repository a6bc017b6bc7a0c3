package client

import (
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// Config says how to reach a server. Its zero value is for one that listens on
// loopback.
type Config struct {
	TLS *tls.Config // nil: no encryption
	// Token is asked with every call for the token to show, which may be another
	// one by then; nil: none.
	Token func() string
	// Patience is how long a call is repeated while the server cannot be
	// reached; 0 is DefaultPatience.
	Patience time.Duration
	// Tried is told of every try of a call whether it reached the server: nil,
	// or why not. It may be called from many goroutines; nil: nobody is told.
	Tried func(err error)
}

// DefaultPatience is how long a person waits for a server that starts anew.
const DefaultPatience = 10 * time.Second

// Bounds of a connection.
const (
	receiveMax     = 32 << 20 // bytes of a message
	reconnectMax   = 5 * time.Second
	pingAfter      = 20 * time.Second // of silence
	pingTimeout    = 10 * time.Second
	callTimeout    = 30 * time.Second // of one try
	connectTimeout = 5 * time.Second
)

// Client is a connection to a server. It may be used from many goroutines.
type Client struct {
	conn   *grpc.ClientConn
	rpc    pb.SearchServiceClient
	config Config

	mu    sync.Mutex
	names map[int64]string // of studies by ID, as far as they were seen
}

// New returns a client of the server at HOST:PORT. It connects with the first
// call.
func New(address string, c Config) (*Client, error) {
	if c.Patience == 0 {
		c.Patience = DefaultPatience
	}
	security := insecure.NewCredentials()
	if c.TLS != nil {
		security = credentials.NewTLS(c.TLS)
	}
	retries := backoff.DefaultConfig
	retries.MaxDelay = reconnectMax
	client := &Client{config: c, names: make(map[int64]string)}
	options := []grpc.DialOption{
		grpc.WithUnaryInterceptor(client.explained),
		grpc.WithTransportCredentials(security),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(receiveMax)),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: retries, MinConnectTimeout: connectTimeout}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingAfter, Timeout: pingTimeout, PermitWithoutStream: true}),
	}
	if c.Token != nil {
		options = append(options, grpc.WithPerRPCCredentials(bearer{c.Token, c.TLS != nil}))
	}
	conn, err := grpc.NewClient(address, options...)
	if err != nil {
		return nil, fmt.Errorf("server %s: %w", address, err)
	}
	client.conn, client.rpc = conn, pb.NewSearchServiceClient(conn)
	return client, nil
}

// Close ends the connection and all calls.
func (c *Client) Close() error { return c.conn.Close() }

// newRequestID names a call, however often it is repeated.
func newRequestID() string { return rand.Text() }

// learn remembers a study's name.
func (c *Client) learn(s study.Study) study.Study {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names[s.ID] = s.Name
	return s
}

// StudyName returns the name of a study that this client has met, for logs; ""
// of any other.
func (c *Client) StudyName(id int64) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.names[id]
}
