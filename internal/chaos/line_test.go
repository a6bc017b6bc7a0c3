//go:build linux

package chaos

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Bytes arrive over a line, late over a slow one, and not at all over one that
// is held or cut.
func TestLine(t *testing.T) {
	far, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var echoes sync.WaitGroup
	t.Cleanup(echoes.Wait)
	t.Cleanup(func() { far.Close() })
	echoes.Go(func() {
		for {
			c, err := far.Accept()
			if err != nil {
				return
			}
			echoes.Go(func() { _, _ = io.Copy(c, c); c.Close() })
		}
	})
	l := newLine(t, "127.0.0.1:1", far.Addr().String())
	dial := func() net.Conn {
		near, err := net.Dial("tcp", l.address())
		if err != nil {
			t.Fatal(err)
		}
		return near
	}
	near := dial()
	say := func(wait time.Duration) error {
		_ = near.SetDeadline(time.Now().Add(wait))
		if _, err := near.Write([]byte("x")); err != nil {
			return err
		}
		_, err := io.ReadFull(near, make([]byte, 1))
		return err
	}
	if err := say(time.Minute); err != nil {
		t.Fatal(err)
	}
	l.setDelay(20 * time.Millisecond)
	if start, err := time.Now(), say(time.Minute); err != nil || time.Since(start) < 40*time.Millisecond {
		t.Errorf("after %v: %v, want it there and back in 40 ms or more", time.Since(start), err)
	}
	l.setDelay(0)
	l.hold(back)
	var late net.Error
	if err := say(50 * time.Millisecond); !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("held: got %v, want a timeout", err)
	}
	l.release(back)
	_ = near.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.ReadFull(near, make([]byte, 1)); err != nil {
		t.Errorf("released: %v, want what was held", err)
	}
	l.setCut(true)
	if say(time.Minute) == nil {
		t.Error("a cut line goes on")
	}
	if c, err := net.Dial("tcp", l.address()); err == nil {
		if near = c; say(time.Minute) == nil {
			t.Error("a new connection got through a cut line")
		}
	}
	l.setCut(false)
	near = dial()
	if err := say(time.Minute); err != nil {
		t.Errorf("mended: %v", err)
	}
}
