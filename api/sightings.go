package api

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/goal-search/goal-search/study"
)

// sightingsInterval is how often a worker that is seen all the time is noted.
const sightingsInterval = 5 * time.Second

// sightings notes when workers are seen, and knows what they registered.
type sightings struct {
	store study.Store
	mu    sync.Mutex
	seen  map[string]sighting
}

type sighting struct {
	worker study.Worker
	at     time.Time
}

func newSightings(store study.Store) *sightings {
	return &sightings{store: store, seen: make(map[string]sighting)}
}

// see notes that the worker was seen and returns what it registered. A worker
// that never did has only its name.
func (s *sightings) see(ctx context.Context, name string) (study.Worker, error) {
	s.mu.Lock()
	last, ok := s.seen[name]
	s.mu.Unlock()
	if ok && time.Since(last.at) < sightingsInterval {
		return last.worker, nil
	}
	w, err := s.store.SeeWorker(ctx, name)
	if errors.Is(err, study.ErrNotFound) {
		w, err = study.Worker{Name: name}, nil
	}
	if err == nil {
		s.keep(w)
	}
	return w, err
}

// keep remembers a worker as it is now, and forgets those that were not seen
// for long.
func (s *sightings) keep(w study.Worker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, old := range s.seen {
		if time.Since(old.at) > time.Minute {
			delete(s.seen, name)
		}
	}
	s.seen[w.Name] = sighting{worker: w, at: time.Now()}
}
