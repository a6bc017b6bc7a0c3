//go:build linux

package chaos

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/goal-search/goal-search/study/sqlstore/mysqltest"
)

// lease is how long a worker may be silent. It is short, so that leases end
// while workers live.
const lease = 2 * time.Second

const serversMax = 2

// cluster is what a search runs on: a database, servers, workers, and the
// lines between them.
type cluster struct {
	database    *mysqltest.Server
	store       string // URL of the database, by a line that nothing breaks
	servers     []*process
	workers     []*process
	storeLines  []*line // of each server
	workerLines []*line // of each worker, and last of the operator
	ledger      *ledger

	running sync.WaitGroup // processes
	mending sync.WaitGroup // what is broken
	calm    chan struct{}  // closed when nothing breaks any more
	// spoilt ends when a process does what it should not: the rest is in vain.
	spoilt context.Context
	spoil  context.CancelFunc
}

// newCluster starts a database, and prepares the rest. The arguments are for
// each worker.
func newCluster(t *testing.T, node string, workers int, args ...string) *cluster {
	t.Helper()
	c := &cluster{database: mysqltest.MariaDB.Start(t), ledger: newLedger(), calm: make(chan struct{})}
	c.spoilt, c.spoil = context.WithCancel(context.Background())
	t.Cleanup(c.spoil)
	c.store = c.database.Database(t)
	database := fmt.Sprintf("127.0.0.1:%d", c.database.Port)
	var addresses []string
	for i := range serversMax {
		l := newLine(t, database)
		address := freeAddress(t)
		c.storeLines = append(c.storeLines, l)
		addresses = append(addresses, address)
		c.servers = append(c.servers, c.server(node, i, address, fmt.Sprintf("mysql://root@%s/goals1", l.address())))
	}
	for i := range workers {
		l := newLine(t, addresses...)
		c.workerLines = append(c.workerLines, l)
		c.workers = append(c.workers, c.worker(node, i, l.address(), args))
	}
	c.workerLines = append(c.workerLines, newLine(t, addresses...))
	for _, p := range slices.Concat(c.servers, c.workers) {
		p.logs = newLog(t, p.name)
	}
	return c
}

// newLog makes a file that go test -artifacts keeps.
func newLog(t *testing.T, name string) io.Writer {
	t.Helper()
	file, err := os.Create(filepath.Join(t.ArtifactDir(), name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

func (c *cluster) server(node string, i int, address, store string) *process {
	return &process{
		name:    fmt.Sprintf("server %d", i),
		args:    []string{node, "server", "--listen", address, "--store", store, "--lease", lease.String()},
		env:     []string{clock(i)},
		told:    func(string) {},
		failed:  c.spoil,
		started: "msg=serving",
		done:    make(chan struct{}),
	}
}

func (c *cluster) worker(node string, i int, server string, args []string) *process {
	return &process{
		name:    fmt.Sprintf("worker %d", i),
		args:    append([]string{node, "worker", "--server", server, "--name", fmt.Sprintf("w%d", i), "--slots", "1", "--checkpoint-pause", "100ms"}, args...),
		env:     []string{"GOMAXPROCS=1", clock(i)},
		told:    c.ledger.note,
		started: "msg=registered",
		done:    make(chan struct{}),
	}
}

// clock makes every third process an hour early and every third an hour late.
func clock(i int) string { return clockVariable + "=" + []string{"1h", "-1h", "0h"}[i%3] }

// start starts processes, which end at the latest with the test.
func (c *cluster) start(t *testing.T, processes []*process) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	for _, p := range processes {
		c.running.Go(func() { p.run(ctx) })
	}
	t.Cleanup(c.running.Wait)
	t.Cleanup(cancel)
}

// settle mends everything that is broken.
func (c *cluster) settle() {
	close(c.calm)
	c.mending.Wait()
}

// endMax is how long processes may take to end once they have nothing to do.
const endMax = 2 * time.Minute

// end waits for the workers, which end with their study, and then has the
// servers leave.
func (c *cluster) end(t *testing.T) {
	t.Helper()
	for _, p := range c.workers {
		p.end(t, endMax)
	}
	for _, p := range c.servers {
		p.dismiss()
		p.end(t, endMax)
	}
	c.running.Wait()
	c.blame(t)
}

// blame says which processes did what they should not.
func (c *cluster) blame(t *testing.T) {
	t.Helper()
	for _, p := range slices.Concat(c.servers, c.workers) {
		p.mu.Lock()
		if p.wrong != nil {
			t.Error(p.wrong)
		}
		p.mu.Unlock()
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
