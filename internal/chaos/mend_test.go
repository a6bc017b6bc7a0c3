//go:build linux

package chaos

import (
	"syscall"
	"testing"
	"time"
)

func strikeDatabase(t *testing.T, c *cluster, f fault) bool {
	c.database.Kill(t)
	time.Sleep(f.lasts)
	c.database.Restart(t)
	return true
}

// later mends something after d, or when the faults end.
func (c *cluster) later(d time.Duration, mend func()) bool {
	c.mending.Go(func() {
		select {
		case <-time.After(d):
		case <-c.calm:
		}
		mend()
	})
	return true
}

func (c *cluster) freeze(p *process, d time.Duration) bool {
	return p.signalNow(syscall.SIGSTOP) && c.later(d, func() { p.signalNow(syscall.SIGCONT) })
}

func (c *cluster) cut(l *line, d time.Duration) bool {
	l.setCut(true)
	return c.later(d, func() { l.setCut(false) })
}

func (c *cluster) hold(l *line, way direction, d time.Duration) bool {
	l.hold(way)
	return c.later(d, func() { l.release(way) })
}

// lose lets what is sent arrive, and no answer come back.
func (c *cluster) lose(l *line, d time.Duration) bool {
	l.hold(back)
	return c.later(d, func() { l.cutAll(); l.release(back) })
}

// slowness is by how much every chunk of bytes on a slow line is late.
const slowness = 50 * time.Millisecond

func (c *cluster) slow(l *line, d time.Duration) bool {
	l.setDelay(slowness)
	return c.later(d, func() { l.setDelay(0) })
}
