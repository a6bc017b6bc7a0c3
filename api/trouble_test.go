package api_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/goal-search/goal-search/api"
	"github.com/goal-search/goal-search/api/client"
)

// TestUnreachableServersSayWhatToDo has clients speak to a server in every
// wrong way. What time does not mend is said at once.
func TestUnreachableServersSayWhatToDo(t *testing.T) {
	encrypted := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	defer encrypted.Close()
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	plain := serve(t, func(_ *api.Config, a *api.Access) { a.Token = always("secret") })
	private := serve(t, func(_ *api.Config, a *api.Access) {
		a.TLS = &tls.Config{Certificates: encrypted.TLS.Certificates, NextProtos: []string{"h2"}}
	})
	stranger := &tls.Config{RootCAs: x509.NewCertPool()}
	for _, c := range []struct {
		name, address string
		config        client.Config
		want          string
	}{
		{"no token", plain.address, client.Config{}, "a token is required"},
		{"wrong token", plain.address, client.Config{Token: always("other")}, "not the one that was shown"},
		{"where to say it", plain.address, client.Config{}, "--token-file"},
		{"no authority", private.address, client.Config{Patience: time.Millisecond}, "--ca"},
		{"wrong authority", private.address, client.Config{TLS: stranger}, "certificate cannot be verified"},
		{"TLS with a plain server", plain.address, client.Config{TLS: stranger}, "it does not speak TLS"},
		{"HTTP", strings.TrimPrefix(web.URL, "http://"), client.Config{}, "--listen"},
		{"nothing there", unusedAddress(t), client.Config{Patience: time.Millisecond}, "is a goal-search server running there?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.config.Patience == 0 {
				c.config.Patience = time.Hour
			}
			one, err := client.New(c.address, c.config)
			if err != nil {
				t.Fatal(err)
			}
			defer one.Close()
			_, err = one.Studies(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "server "+c.address) {
				t.Errorf("got %v, want the address and %q", err, c.want)
			}
		})
	}
}

func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// TestLineThatBreaksAtOnce has a line hang up on its first calls, as one that
// breaks does and a server with a certificate: it may be mended, so that a
// person's command is tried again.
func TestLineThatBreaksAtOnce(t *testing.T) {
	s := serve(t)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for try := 0; ; try++ {
			line, err := listener.Accept()
			switch {
			case err != nil:
				return
			case try < 2:
				line.Close()
			default:
				go forward(line, s.address)
			}
		}
	}()
	one, err := client.New(listener.Addr().String(), client.Config{Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	if _, err := one.Studies(t.Context()); err != nil {
		t.Error(err)
	}
}

// forward joins a line to the server.
func forward(line net.Conn, address string) {
	defer line.Close()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	go func() { _, _ = io.Copy(server, line) }()
	_, _ = io.Copy(line, server)
}
