package coordinator

import "sync"

// broadcast wakes everybody who waits for something to change.
type broadcast struct {
	mu      sync.Mutex
	changed chan struct{} // closed by the next announcement
}

func newBroadcast() *broadcast { return &broadcast{changed: make(chan struct{})} }

// next returns a channel that is closed by the next announcement.
func (b *broadcast) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

func (b *broadcast) announce() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.changed)
	b.changed = make(chan struct{})
}
