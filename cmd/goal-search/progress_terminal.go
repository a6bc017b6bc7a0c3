package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// statusWriter writes lines and, on a terminal, keeps one more below them
// that is written over and over.
type statusWriter struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool // whether a line can be written over
	last     string
}

func newStatusWriter(w io.Writer) *statusWriter {
	_, ok := terminalWidth(w)
	return &statusWriter{w: w, terminal: ok && os.Getenv("TERM") != "dumb"}
}

const eraseLine = "\r\x1b[K"

// line writes a line for good.
func (s *statusWriter) line(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.terminal {
		fmt.Fprintln(s.w, text)
		return
	}
	fmt.Fprintf(s.w, "%s%s\n%s", eraseLine, text, s.last)
}

// status replaces the last line; "" takes it away.
func (s *statusWriter) status(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.terminal {
		return
	}
	s.last = s.fit(text)
	fmt.Fprint(s.w, eraseLine+s.last)
}

// fit cuts the text to the terminal's width: a line that wraps cannot be
// erased.
func (s *statusWriter) fit(text string) string {
	width, ok := terminalWidth(s.w)
	if !ok {
		width = usualWidth
	}
	width -= len("^C") + 1 // which the terminal writes behind it
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	return string(runes[:max(0, width-1)]) + "…"
}

const usualWidth = 80

// terminalWidth returns how many columns w has; false when it is no terminal.
func terminalWidth(w io.Writer) (columns int, ok bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns < 1 {
		return usualWidth, true
	}
	return columns, true
}
