package main

import (
	"fmt"
	"time"

	"github.com/dustin/go-humanize"
)

// fetchProgress shows how much of each file has arrived.
type fetchProgress struct {
	to   *statusWriter
	name string // of the file that was shown last
	last time.Time
}

const fetchProgressInterval = 100 * time.Millisecond

// report is a fetch.BundleProgress: total is -1 while it is not known.
func (p *fetchProgress) report(name string, done, total int64) {
	if name != p.name && !p.to.terminal {
		p.to.line("getting " + name)
	}
	if name == p.name && time.Since(p.last) < fetchProgressInterval {
		return
	}
	p.name, p.last = name, time.Now()
	text := fmt.Sprintf("%s  %s", name, humanize.IBytes(uint64(done)))
	if total > 0 {
		text += fmt.Sprintf(" of %s  %d %%", humanize.IBytes(uint64(total)), 100*done/total)
	}
	p.to.status(text)
}
