package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/mattn/go-isatty"
)

// untilInterrupt returns a context that ends with Ctrl-C or SIGTERM. A second
// one ends the process.
func untilInterrupt(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// progressLine is one line of a terminal that is written over and over.
// Elsewhere only the name of each file is written.
type progressLine struct {
	w     io.Writer // nil if not a terminal
	log   io.Writer
	name  string
	shown int // characters that stand on the line
	last  time.Time
}

const progressInterval = 100 * time.Millisecond

func newProgressLine(w io.Writer) *progressLine {
	l := &progressLine{w: w, log: w}
	if file, ok := w.(*os.File); !ok || !isatty.IsTerminal(file.Fd()) {
		l.w = nil
	}
	return l
}

// set replaces the line, at most ten times a second.
func (l *progressLine) set(text string) {
	if l.w == nil || time.Since(l.last) < progressInterval {
		return
	}
	l.last = time.Now()
	l.replace(text)
}

func (l *progressLine) replace(text string) {
	fmt.Fprintf(l.w, "\r%s%s", text, strings.Repeat(" ", max(0, l.shown-len(text))))
	l.shown = len(text)
}

// end wipes the line, so that something else can be written there.
func (l *progressLine) end() {
	if l.w != nil && l.shown > 0 {
		l.replace("")
		fmt.Fprint(l.w, "\r")
		l.last = time.Time{}
	}
}

// bytes shows how much of a file is there; total is -1 while it is not known.
func (l *progressLine) bytes(name string, done, total int64) {
	if l.w == nil && name != l.name {
		fmt.Fprintf(l.log, "getting %s\n", name)
	}
	l.name = name
	if total <= 0 {
		l.set(fmt.Sprintf("%s  %s", name, humanize.IBytes(uint64(done))))
		return
	}
	l.set(fmt.Sprintf("%s  %s of %s  %d%%", name, humanize.IBytes(uint64(done)), humanize.IBytes(uint64(total)), 100*done/total))
}
