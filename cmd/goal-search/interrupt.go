package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// untilInterrupt returns a context that ends with Ctrl-C or SIGTERM. A second
// one ends the process.
func untilInterrupt(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
