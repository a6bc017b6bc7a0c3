package daemon

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestOutageIsToldOnce(t *testing.T) {
	var log bytes.Buffer
	o := outage{log: slog.New(slog.NewTextHandler(&log, nil))}
	o.tried(nil)
	for range 3 {
		o.tried(errors.New("connection refused"))
	}
	o.tried(nil)
	o.tried(nil)
	if got := log.String(); strings.Count(got, "\n") != 2 || strings.Count(got, "connection refused") != 1 || strings.Count(got, "reached again") != 1 {
		t.Errorf("got\n%swant one line of the outage and one of its end", got)
	}
}
