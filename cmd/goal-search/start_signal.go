package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/goal-search/goal-search/internal/daemon"
)

var errInterrupted = errors.New("interrupted")

// watchSignals lets Ctrl-C drain the search, and a second one, or SIGTERM,
// stop it at once. A third one kills the process as if nobody watched. The
// function that it returns stops watching.
func watchSignals(s *daemon.Search, p *progress, abort context.CancelCauseFunc) (stop func()) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	finished := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		drained := false
		for {
			select {
			case <-finished:
				return
			case got := <-signals:
				if got == os.Interrupt && !drained {
					drained = true
					p.draining()
					s.Drain()
					continue
				}
				signal.Stop(signals)
				p.leaving()
				abort(errInterrupted)
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(finished)
		<-done
	}
}
