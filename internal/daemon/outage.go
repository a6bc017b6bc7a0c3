package daemon

import (
	"log/slog"
	"sync"
	"time"
)

// outageEvery is how often an operator is told that the server cannot be
// reached.
const outageEvery = time.Minute

// outage tells an operator that the server cannot be reached, and when it can
// be again. Its method tried is for client.Config.
type outage struct {
	log *slog.Logger

	mu    sync.Mutex
	since time.Time // zero: the server can be reached
	told  time.Time
}

func (o *outage) tried(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	switch {
	case err == nil && o.since.IsZero():
	case err == nil:
		o.log.Info("the server can be reached again", "after", now.Sub(o.since).Round(time.Second))
		o.since, o.told = time.Time{}, time.Time{}
	case now.Sub(o.told) >= outageEvery:
		if o.since.IsZero() {
			o.since = now
		}
		o.told = now
		o.log.Warn("no answer; trying on", "error", err)
	}
}
