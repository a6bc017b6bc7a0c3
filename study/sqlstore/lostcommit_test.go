package sqlstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore/mysqltest"
)

// TestCommitsOnABrokenLine breaks the connection on the commit of every
// transition, before the server hears of it or before the store hears that it
// happened. Either way it happens once, and its caller learns what happened.
func TestCommitsOnABrokenLine(t *testing.T) {
	onServers(t, func(t *testing.T, server *mysqltest.Server, _ string) {
		for name, heard := range map[string]bool{"the server never heard": false, "the server did it": true} {
			t.Run(name, func(t *testing.T) {
				direct := server.Database(t)
				line := newLine(t, server.Port)
				where := strings.Replace(direct, fmt.Sprint(server.Port), fmt.Sprint(line.port), 1) + "?tls=false"
				breakEveryCommit(t, line, heard, where, direct)
			})
		}
	})
}

func breakEveryCommit(t *testing.T, line *line, heard bool, where, direct string) {
	t.Helper()
	store, err := Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	broken := func(what string, act func() error) {
		t.Helper()
		line.breakNext(heard)
		if err := act(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if !line.broke() {
			t.Errorf("%s: the line was not broken", what)
		}
	}
	ctx := t.Context()
	var s study.Study
	var l study.Lease
	broken("CreateStudy", func() (err error) { s, err = store.CreateStudy(ctx, aStudy("first")); return err })
	if _, err := store.CreateStudy(ctx, aStudy("first")); !errors.Is(err, study.ErrExists) {
		t.Errorf("made again: got error %v, want %v", err, study.ErrExists)
	}
	broken("SetBudget", func() error { return store.SetBudget(ctx, s.ID, study.Budget{Trials: 7}) })
	broken("AddTrial", func() (err error) { _, l, err = store.AddTrial(ctx, s.ID, study.Trial{}, aClaim); return err })
	broken("HandBackTrial", func() error { return store.HandBackTrial(ctx, l, "leaving") })
	broken("ClaimTrial", func() (err error) { _, l, err = store.ClaimTrial(ctx, s.ID, aClaim); return err })
	broken("RenewLease", func() (err error) { l, err = store.RenewLease(ctx, l, aClaim.TTL); return err })
	broken("AddMeasurement", func() error { return store.AddMeasurement(ctx, l, study.Measurement{Value: 0.5}) })
	line.passes.Store(1) // the commit of a renewal
	broken("SaveCheckpoint", func() error { return store.SaveCheckpoint(ctx, l, 0, []byte("state")) })
	if _, state, err := store.LoadCheckpoint(ctx, l); string(state) != "state" {
		t.Errorf("got state %q, error %v, want the one that was saved", state, err)
	}
	broken("FinishTrial", func() error {
		_, err := store.FinishTrial(ctx, l, study.Outcome{State: study.Complete, Value: 1})
		return err
	})
	broken("SetStudyState", func() error { return store.SetStudyState(ctx, s.ID, study.StudyPaused, "for the night") })
	broken("SetStudyState", func() error { return store.SetStudyState(ctx, s.ID, study.StudyActive, "") })
	broken("CompleteStudy", func() error { return store.CompleteStudy(ctx, s.ID, study.Budget{Trials: 7}, "enough") })
	broken("SetStudyState", func() error { return store.SetStudyState(ctx, s.ID, study.StudyActive, "") })
	broken("CompleteOverdue", func() error { return store.CompleteOverdue(ctx, s.ID) })
	var enqueued study.Trial
	broken("EnqueueTrial", func() (err error) { enqueued, err = store.EnqueueTrial(ctx, s.ID, study.Parameters{}, 1); return err })
	if enqueued.Number != 1 {
		t.Errorf("enqueued trial %d, want 1", enqueued.Number)
	}
	broken("StopTrial", func() error { _, err := store.StopTrial(ctx, s.ID, 1, "a mistake"); return err })
	broken("DeleteTrial", func() error { _, err := store.DeleteTrial(ctx, s.ID, 1); return err })
	broken("HoldSampling", func() error { _, err := store.HoldSampling(ctx, s.ID, "ada", time.Minute); return err })
	broken("RegisterWorker", func() error { _, err := store.RegisterWorker(ctx, study.Worker{Name: "ada", Slots: 1}); return err })
	broken("SeeWorker", func() error { _, err := store.SeeWorker(ctx, "ada"); return err })
	broken("DrainWorker", func() error { _, err := store.DrainWorker(ctx, "ada"); return err })
	broken("ForgetRequests", func() error { return store.ForgetRequests(ctx, time.Hour) })
	broken("RenameStudy", func() error { _, err := store.RenameStudy(ctx, s.ID, "second"); return err })
	var copied study.Study
	broken("ImportStudy", func() (err error) {
		copied, err = study.Copy(ctx, store, study.Study{ID: s.ID, Spec: s.Spec, State: s.State, Budget: study.Budget{Trials: 7}, CreatedAt: s.CreatedAt}, store, "copy")
		return err
	})
	if _, err := store.EnqueueTrial(ctx, copied.ID, study.Parameters{}, 1); err != nil {
		t.Fatal(err)
	}
	broken("SetStudyState", func() error { return store.SetStudyState(ctx, copied.ID, study.StudyAborted, "a mistake") })
	broken("ReleaseAbandoned", func() error { _, err := store.ReleaseAbandoned(ctx, copied.ID, 0, 5); return err })
	if failed, err := store.Trial(ctx, copied.ID, 2); err != nil || failed.State != study.Failed || failed.Rank != 3 {
		t.Errorf("got %+v, error %v, want a failed trial of rank 3", failed, err)
	}
	broken("DeleteStudy", func() error { return store.DeleteStudy(ctx, copied.ID) })

	plain, err := Open(ctx, direct)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	all, err := plain.Trials(ctx, s.ID, study.Filter{Deleted: true})
	if err != nil || len(all) != 2 || all[1].UnseenFrom != 2 || all[0].Rank != 1 || all[1].Rank != 2 || all[1].State != study.Failed || len(all[0].Attempts) != 2 ||
		all[0].Attempts[0].Ended != study.AttemptHandedBack || all[0].Attempts[1].Ended != string(study.Complete) {
		t.Errorf("got %+v, error %v, want one trial, handed back and then complete, and one that was stopped and deleted", all, err)
	}
	measured, err := plain.Measurements(ctx, s.ID, 0)
	if err != nil || len(measured) != 1 || measured[0].Attempt != 2 {
		t.Errorf("got %+v, error %v, want one measurement of attempt 2", measured, err)
	}
	studies, err := plain.Studies(ctx)
	if err != nil || len(studies) != 1 || studies[0].Name != "second" || studies[0].Budget.Trials != 7 {
		t.Errorf("got studies %+v, error %v, want one, second, with a budget of 7", studies, err)
	}
}

// A store whose server has gone closes without an error: what was committed is
// there.
func TestClosesOnABrokenLine(t *testing.T) {
	onServers(t, func(t *testing.T, server *mysqltest.Server, direct string) {
		line := newLine(t, server.Port)
		store, _ := openAt(t, strings.Replace(direct, fmt.Sprint(server.Port), fmt.Sprint(line.port), 1)+"?tls=false")
		line.reset()
		if err := store.Close(); err != nil {
			t.Errorf("got error %v, want none", err)
		}
	})
}

// TestServerThatStaysAway bounds how long a store waits for a server.
func TestServerThatStaysAway(t *testing.T) {
	onServers(t, func(t *testing.T, server *mysqltest.Server, direct string) {
		line := newLine(t, server.Port)
		where := strings.Replace(direct, fmt.Sprint(server.Port), fmt.Sprint(line.port), 1)
		store, s := openAt(t, where, WithPatience(100*time.Millisecond))
		store.writer.SetMaxIdleConns(0) // each transaction has a connection of its own
		line.listener.Close()
		_, _, err := store.AddTrial(t.Context(), s.ID, study.Trial{}, aClaim)
		wantFault(t, err, study.ErrUnreachable, "add trial 0 of study 1", where)
		_, err = store.Trials(t.Context(), s.ID, study.Filter{})
		wantFault(t, err, study.ErrUnreachable, "read the trials of study 1", where)
	})
}

// line is a proxy before a server that breaks a connection when told.
type line struct {
	listener net.Listener
	port     int
	server   string
	armed    atomic.Bool
	passes   atomic.Int32 // commits that it lets pass before
	heard    atomic.Bool  // the server hears the commit, the client not the answer
	running  sync.WaitGroup

	mu      sync.Mutex
	clients []net.Conn
}

func newLine(t *testing.T, port int) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{listener: listener, port: listener.Addr().(*net.TCPAddr).Port, server: fmt.Sprintf("127.0.0.1:%d", port)}
	l.running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			l.mu.Lock()
			l.clients = append(l.clients, client)
			l.mu.Unlock()
			l.running.Go(func() { l.carry(client) })
		}
	})
	t.Cleanup(func() { listener.Close(); l.running.Wait() })
	return l
}

func (l *line) breakNext(heard bool) { l.heard.Store(heard); l.armed.Store(true) }
func (l *line) broke() bool          { return !l.armed.Load() }

// reset ends all connections at once, without a goodbye.
func (l *line) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, client := range l.clients {
		_ = client.(*net.TCPConn).SetLinger(0)
		_ = client.Close()
	}
}

// commit is how a client's packet of a commit ends.
var commit = []byte("\x03COMMIT")

// carry passes both directions on until either side ends, or a commit comes
// while the line is armed.
func (l *line) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", l.server)
	if err != nil {
		return
	}
	defer server.Close()
	var silent atomic.Bool // the client hears nothing more
	l.running.Go(func() {
		defer client.Close()
		buffer := make([]byte, 1<<16)
		for {
			n, err := server.Read(buffer)
			if err != nil || silent.Load() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	})
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if bytes.HasSuffix(buffer[:n], commit) && l.passes.Add(-1) < 0 && l.armed.CompareAndSwap(true, false) {
			if !l.heard.Load() {
				return
			}
			silent.Store(true)
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
		if silent.Load() {
			_, _ = io.Copy(io.Discard, client) // until the answer came and the other direction ended
			return
		}
	}
}
