package daemon

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goal-search/goal-search/api"
	"github.com/goal-search/goal-search/api/client"
	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

var quiet = slog.New(slog.DiscardHandler)

// always is a token that is never replaced.
func always(token string) func() string { return func() string { return token } }

// startServer serves a new store and returns the server's address.
func startServer(t *testing.T, address string, a api.Access) string {
	t.Helper()
	return startServerWith(t, ServerConfig{Address: address, Access: a, Log: quiet})
}

func startServerWith(t *testing.T, c ServerConfig) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ready, served := make(chan string, 1), make(chan error, 1)
	c.Store = filepath.Join(t.TempDir(), "studies.db")
	c.Ready = func(address, _ string) { ready <- address }
	go func() { served <- Serve(ctx, c) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	select {
	case address := <-ready:
		return address
	case err := <-served:
		served <- nil
		t.Fatal(err)
	}
	return ""
}

func dial(t *testing.T, address string, config client.Config) *client.Client {
	t.Helper()
	c, err := client.New(address, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// digitsStudy is a study of tiny networks on digits that train for so many
// epochs.
func digitsStudy(t *testing.T, name string, trials, epochs int) study.Study {
	t.Helper()
	set, err := dataset.Open(dataset.Options{Name: "digits", Images: 200})
	if err != nil {
		t.Fatal(err)
	}
	c := trainer.DefaultConfig()
	c.Hidden, c.Epochs, c.BatchSize = 5, epochs, 64
	config, err := objective.EncodeConfig(c)
	if err != nil {
		t.Fatal(err)
	}
	space, err := objective.PublishedSpace(c.Network, "random")
	if err != nil {
		t.Fatal(err)
	}
	return study.Study{Name: name, Budget: study.Budget{Trials: trials}, Spec: study.Spec{
		Space: space, Sampler: study.Sampler{Name: "random"}, TrainerSeed: 30, Objective: config,
		DataSet: study.DataSet{Name: set.Name, Images: set.Train.Len(), Hash: set.Hash},
	}}
}

func mustCreate(t *testing.T, c *client.Client, s study.Study) study.Study {
	t.Helper()
	made, err := c.CreateStudy(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func mustTrials(t *testing.T, c *client.Client, s study.Study) []study.Trial {
	t.Helper()
	trials, err := c.Trials(t.Context(), s.ID, study.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return trials
}

// TestDrainingWorkerHandsBack: what is not finished after the grace waits for
// another worker.
func TestDrainingWorkerHandsBack(t *testing.T) {
	address := startServer(t, "127.0.0.1:0", api.Access{})
	c := dial(t, address, client.Config{})
	s := mustCreate(t, c, digitsStudy(t, "long", 9, 100000))
	draining, drain := context.WithCancel(t.Context())
	defer drain()
	worked := make(chan error, 1)
	go func() {
		worked <- Work(t.Context(), draining, WorkerConfig{Address: address, Name: "ada", Slots: 1, Log: quiet})
	}()
	err := c.Watch(t.Context(), s.ID, study.Watch{}, func(w study.Watched) error {
		if w.Kind == study.TrialMeasured {
			return context.Canceled
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if w := onlyWorker(t, c); w.Draining {
		t.Errorf("got %+v, want a worker that is not draining", w)
	}
	drain()
	if err := <-worked; err != nil {
		t.Error(err)
	}
	if w := onlyWorker(t, c); !w.Draining || w.Running != 0 {
		t.Errorf("got %+v, want a worker that is draining and runs nothing", w)
	}
	got := mustTrials(t, c, s)
	if len(got) != 1 || got[0].State != study.Waiting || got[0].Attempts[0].Ended != study.AttemptHandedBack {
		t.Errorf("got %+v, want one trial that was handed back", got)
	}
}

func onlyWorker(t *testing.T, c *client.Client) client.WorkerStanding {
	t.Helper()
	all, err := c.Workers(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("got workers %+v, error %v, want one", all, err)
	}
	return all[0]
}

// TestWorkerRefusesOtherImages: of a study with another hash it runs nothing,
// and goes on with those that fit.
func TestWorkerRefusesOtherImages(t *testing.T) {
	address := startServer(t, "127.0.0.1:0", api.Access{})
	c := dial(t, address, client.Config{})
	other := digitsStudy(t, "other", 2, 1)
	other.Spec.DataSet.Hash = "sha256:decaf"
	other.Priority = 1
	other = mustCreate(t, c, other)
	fits := mustCreate(t, c, digitsStudy(t, "fits", 2, 1))
	draining, drain := context.WithCancel(t.Context())
	defer drain()
	worked := make(chan error, 1)
	go func() {
		worked <- Work(t.Context(), draining, WorkerConfig{Address: address, Name: "ada", Slots: 1, Log: quiet, Grace: time.Minute})
	}()
	err := c.Watch(t.Context(), fits.ID, study.Watch{}, func(w study.Watched) error {
		if w.State == study.StudyCompleted {
			return context.Canceled
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	drain()
	if err := <-worked; err != nil {
		t.Error(err)
	}
	refused := mustTrials(t, c, other)
	if len(refused) != 1 || len(refused[0].Attempts) != 1 || !strings.Contains(refused[0].Attempts[0].Reason, "has hash sha256:decaf, the worker's has") {
		t.Errorf("got %+v, want one trial, handed back once with the reason", refused)
	}
	err = Work(t.Context(), t.Context(), WorkerConfig{Address: address, Name: "bob", Slots: 1, Log: quiet, Study: "other"})
	if !errors.Is(err, study.ErrUnfit) {
		t.Errorf("a worker for that study alone: got error %v, want %v", err, study.ErrUnfit)
	}
}

// TestTLSAndToken lets in from anywhere who trusts the certificate and shows
// the token.
func TestTLSAndToken(t *testing.T) {
	folder := t.TempDir()
	cert, key := writeCertificate(t, folder)
	server, err := ServerTLS(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	address := startServer(t, "0.0.0.0:0", api.Access{TLS: server, Token: always("secret")})
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	trusting, err := ClientTLS(cert)
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]struct {
		config client.Config
		ok     bool
	}{
		"trusts and shows":  {client.Config{TLS: trusting, Token: always("secret")}, true},
		"no token":          {client.Config{TLS: trusting}, false},
		"another token":     {client.Config{TLS: trusting, Token: always("secrets")}, false},
		"no TLS":            {client.Config{Token: always("secret")}, false},
		"no such authority": {client.Config{TLS: mustTLS(t, "system"), Token: always("secret")}, false},
	} {
		try.config.Patience = time.Second
		_, err := dial(t, "localhost:"+port, try.config).Studies(t.Context())
		if (err == nil) != try.ok {
			t.Errorf("%s: got error %v, want let in: %v", name, err, try.ok)
		}
	}
}

func mustTLS(t *testing.T, authorities string) *tls.Config {
	t.Helper()
	c, err := ClientTLS(authorities)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// writeCertificate writes a certificate of localhost that signed itself.
func writeCertificate(t *testing.T, folder string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	public, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, content []byte) string {
		var text bytes.Buffer
		if err := pem.Encode(&text, &pem.Block{Type: kind, Bytes: content}); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("cert.pem", "CERTIFICATE", public), write("key.pem", "PRIVATE KEY", secret)
}
