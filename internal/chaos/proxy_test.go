//go:build linux

package chaos

import (
	"net"
	"sync"
	"testing"
	"time"
)

// line is a TCP proxy between two processes that can be cut, held and slowed.
type line struct {
	listener net.Listener
	targets  []string // a connection goes to the next one that answers
	running  sync.WaitGroup

	mu     sync.Mutex
	next   int // target
	ends   map[net.Conn]bool
	delay  time.Duration // of every chunk of bytes
	cut    bool          // nobody gets through
	closed bool
	held   map[direction]chan struct{} // closed when bytes flow again
}

// direction is the way of bytes on a line.
type direction bool

const (
	forth direction = false
	back  direction = true // answers
)

const dialMax = time.Second

// newLine returns a line to the targets that ends with the test.
func newLine(t *testing.T, targets ...string) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{listener: listener, targets: targets, ends: make(map[net.Conn]bool), held: make(map[direction]chan struct{})}
	l.running.Go(l.accept)
	t.Cleanup(l.close)
	return l
}

func (l *line) address() string { return l.listener.Addr().String() }

func (l *line) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.running.Go(func() { l.connect(near) })
	}
}

// connect joins a connection with one to a target until either ends.
func (l *line) connect(near net.Conn) {
	far := l.dial()
	if far == nil || !l.keep(near, far) {
		hangUp(near)
		if far != nil {
			hangUp(far)
		}
		return
	}
	var ways sync.WaitGroup
	ways.Go(func() { l.pump(far, near, forth) })
	ways.Go(func() { l.pump(near, far, back) })
	ways.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.ends, near)
	delete(l.ends, far)
}

// dial tries each target once.
func (l *line) dial() net.Conn {
	for range l.targets {
		l.mu.Lock()
		target := l.targets[l.next%len(l.targets)]
		l.next++
		l.mu.Unlock()
		if far, err := net.DialTimeout("tcp", target, dialMax); err == nil {
			return far
		}
	}
	return nil
}

// keep notes a connection, unless none gets through.
func (l *line) keep(ends ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, end := range ends {
		if !l.cut && !l.closed {
			l.ends[end] = true
		}
	}
	return !l.cut && !l.closed
}

func (l *line) pump(dst, src net.Conn, way direction) {
	defer hangUp(dst)
	defer hangUp(src)
	chunk := make([]byte, 64<<10)
	for {
		n, err := src.Read(chunk)
		if n > 0 {
			l.pass(way)
			if _, err := dst.Write(chunk[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pass returns when bytes may go on.
func (l *line) pass(way direction) {
	l.mu.Lock()
	delay, held := l.delay, l.held[way]
	l.mu.Unlock()
	if delay > 0 {
		time.Sleep(delay)
	}
	if held != nil {
		<-held
	}
}

// hangUp ends a connection at once, without a goodbye.
func hangUp(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

// cutAll ends all connections; new ones get through.
func (l *line) cutAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for end := range l.ends {
		hangUp(end)
	}
}

// setCut lets nobody through, or everybody again.
func (l *line) setCut(cut bool) {
	l.mu.Lock()
	l.cut = cut
	l.mu.Unlock()
	if cut {
		l.cutAll()
	}
}

func (l *line) setDelay(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay = d
}

// hold stops the bytes of one direction, while the connections stay.
func (l *line) hold(way direction) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[way] == nil && !l.closed {
		l.held[way] = make(chan struct{})
	}
}

func (l *line) release(way direction) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[way] != nil {
		close(l.held[way])
		delete(l.held, way)
	}
}

// close ends the line and waits for everything that it started.
func (l *line) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	_ = l.listener.Close()
	l.release(forth)
	l.release(back)
	l.cutAll()
	l.running.Wait()
}
