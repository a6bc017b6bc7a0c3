//go:build linux

package chaos

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// fault is one thing that breaks.
type fault struct {
	after  time.Duration // since the fault before it
	kind   *faultKind
	target int // of those that there are
	lasts  time.Duration
}

// faultKind is a way to break something.
type faultKind struct {
	name   string
	weight int           // how often it is drawn
	lasts  time.Duration // on average
	// strike breaks it and mends it later. It tells whether there was anything
	// to break.
	strike func(t *testing.T, c *cluster, f fault) bool
}

// faultKinds are drawn from by weight. Some last longer than a lease.
var faultKinds = []*faultKind{
	{"worker killed", 6, lease / 2, func(_ *testing.T, c *cluster, f fault) bool { return pick(c.workers, f).kill(f.lasts) }},
	{"worker frozen", 3, lease, func(_ *testing.T, c *cluster, f fault) bool { return c.freeze(pick(c.workers, f), f.lasts) }},
	{"worker told to leave", 2, lease / 4, func(_ *testing.T, c *cluster, f fault) bool { return pick(c.workers, f).leave(f.lasts) }},
	{"server killed", 3, lease / 2, func(_ *testing.T, c *cluster, f fault) bool { return pick(c.servers, f).kill(f.lasts) }},
	{"server frozen", 2, lease, func(_ *testing.T, c *cluster, f fault) bool { return c.freeze(pick(c.servers, f), f.lasts) }},
	{"server told to leave", 1, lease / 4, func(_ *testing.T, c *cluster, f fault) bool { return pick(c.servers, f).leave(f.lasts) }},
	{"database killed", 2, lease / 4, strikeDatabase},
	{"line of a worker reset", 4, 0, func(_ *testing.T, c *cluster, f fault) bool { pick(c.workerLines, f).cutAll(); return true }},
	{"line of a worker cut", 3, lease, func(_ *testing.T, c *cluster, f fault) bool { return c.cut(pick(c.workerLines, f), f.lasts) }},
	{"line of a worker held", 3, lease, func(_ *testing.T, c *cluster, f fault) bool { return c.hold(pick(c.workerLines, f), forth, f.lasts) }},
	{"answers to a worker lost", 4, lease / 4, func(_ *testing.T, c *cluster, f fault) bool { return c.lose(pick(c.workerLines, f), f.lasts) }},
	{"line of a worker slow", 3, lease, func(_ *testing.T, c *cluster, f fault) bool { return c.slow(pick(c.workerLines, f), f.lasts) }},
	{"line of the database reset", 3, 0, func(_ *testing.T, c *cluster, f fault) bool { pick(c.storeLines, f).cutAll(); return true }},
	{"line of the database cut", 1, lease / 2, func(_ *testing.T, c *cluster, f fault) bool { return c.cut(pick(c.storeLines, f), f.lasts) }},
	{"answers of the database lost", 3, lease / 8, func(_ *testing.T, c *cluster, f fault) bool { return c.lose(pick(c.storeLines, f), f.lasts) }},
	{"line of the database slow", 2, lease, func(_ *testing.T, c *cluster, f fault) bool { return c.slow(pick(c.storeLines, f), f.lasts) }},
}

func pick[T any](all []T, f fault) T { return all[f.target%len(all)] }

// schedule is an endless sequence of faults, a function of its seed.
type schedule struct {
	random *rand.Rand
	pause  time.Duration // between two faults, on average
}

func newSchedule(seed uint64, pause time.Duration) *schedule {
	return &schedule{rand.New(rand.NewPCG(seed, 0)), pause}
}

func (s *schedule) next() fault {
	f := fault{after: s.around(s.pause), kind: s.kind(), target: s.random.IntN(1 << 20)}
	f.lasts = s.around(f.kind.lasts)
	return f
}

func (s *schedule) kind() *faultKind {
	total := 0
	for _, k := range faultKinds {
		total += k.weight
	}
	n := s.random.IntN(total)
	for _, k := range faultKinds {
		if n -= k.weight; n < 0 {
			return k
		}
	}
	panic("chaos: no kind of fault has a weight")
}

// around draws a time with that mean: most are shorter, and some three times
// as long.
func (s *schedule) around(mean time.Duration) time.Duration {
	return time.Duration(min(s.random.ExpFloat64(), 3) * float64(mean))
}

// A seed gives the same faults again, and another one others.
func TestSchedule(t *testing.T) {
	draw := func(seed uint64) (all []fault) {
		s := newSchedule(seed, time.Second)
		for range 1000 {
			all = append(all, s.next())
		}
		return all
	}
	once, again, other := draw(1), draw(1), draw(2)
	if !reflect.DeepEqual(once, again) || reflect.DeepEqual(once, other) {
		t.Error("the faults are not a function of the seed")
	}
	kinds := make(map[string]int)
	for _, f := range once {
		kinds[f.kind.name]++
	}
	if len(kinds) != len(faultKinds) {
		t.Errorf("%d kinds of faults in 1000, want all %d: %v", len(kinds), len(faultKinds), kinds)
	}
}
