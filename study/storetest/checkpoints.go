package storetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"sync"

	"github.com/goal-search/goal-search/study"
)

// stateOf returns bytes that look like a state: a large one has several rows.
func stateOf(seed uint64, size int) []byte {
	var key [32]byte
	key[0] = byte(seed)
	state := make([]byte, size)
	_, _ = rand.NewChaCha8(key).Read(state) // never fails
	return state
}

// largeState has two whole megabytes and some.
const largeState = 2<<20 + 17

// measured adds the numbered trial and reports its first epochs.
func (f *fixture) measured(s study.Study, number, epochs int) study.Lease {
	f.Helper()
	_, l := f.add(s, number)
	f.measure(l, 0, epochs)
	return l
}

func (f *fixture) measure(l study.Lease, from, to int) {
	f.Helper()
	for epoch := from; epoch < to; epoch++ {
		f.must(f.Store.AddMeasurement(f.Context(), l, measurement(epoch)))
	}
}

func (f *fixture) save(l study.Lease, epoch int, state []byte) {
	f.Helper()
	f.must(f.Store.SaveCheckpoint(f.Context(), l, epoch, state))
}

// loads checks which state the lease's holder gets.
func (f *fixture) loads(l study.Lease, attempt, epoch int, state []byte) study.Checkpoint {
	f.Helper()
	c, got, err := f.Store.LoadCheckpoint(f.Context(), l)
	f.must(err)
	sum := sha256.Sum256(state)
	if !bytes.Equal(got, state) || c.Attempt != attempt || c.Epoch != epoch || c.Value != measurement(epoch).Value || c.Size != len(state) || c.SHA256 != hex.EncodeToString(sum[:]) {
		f.Errorf("got %d bytes with %+v, want %d bytes of attempt %d after epoch %d", len(got), c, len(state), attempt, epoch)
	}
	return c
}

func (f *fixture) loadsNone(what string, l study.Lease, want error) {
	f.Helper()
	_, state, err := f.Store.LoadCheckpoint(f.Context(), l)
	f.fails(what, err, want)
	if state != nil {
		f.Errorf("%s: got %d bytes", what, len(state))
	}
}

// again lets the lease end, and another worker claim its trial.
func (f *fixture) again(s study.Study, l study.Lease) study.Lease {
	f.Helper()
	f.must(f.Store.HandBackTrial(f.Context(), l, "leaving"))
	_, next := f.claim(s, "bob")
	return next
}

var checkpointRules = []rule{
	{"the next attempt gets the state that was saved, byte for byte, and who saved it", func(f *fixture) {
		s := f.create("first", 10)
		for number, size := range []int{1, 1 << 20, largeState} {
			l := f.measured(s, number, 4)
			f.save(l, 3, stateOf(uint64(number), size))
			f.loads(l, 1, 3, stateOf(uint64(number), size))
			c := f.loads(f.again(s, l), 1, 3, stateOf(uint64(number), size))
			f.same("environment", c.Environment, claim("ada").Environment)
			f.same("time", c.At, s.CreatedAt)
		}
	}},
	{"a lost attempt's state is kept, whoever claims the trial", func(f *fixture) {
		s := f.create("first", 10)
		l := f.measured(s, 0, 1)
		f.save(l, 0, []byte("state"))
		f.Advance(ttl)
		_, next := f.claim(s, "bob")
		f.loads(next, 1, 0, []byte("state"))
	}},
	{"a newer state takes the place of the older one, whole", func(f *fixture) {
		s := f.create("first", 10)
		l := f.measured(s, 0, 3)
		f.save(l, 0, stateOf(0, largeState))
		f.save(l, 2, stateOf(1, 5))
		f.loads(l, 1, 2, stateOf(1, 5))
		next := f.again(s, l)
		f.measure(next, 1, 2)
		f.save(next, 1, stateOf(2, largeState)) // of a later attempt, whatever its epoch
		f.loads(next, 2, 1, stateOf(2, largeState))
	}},
	{"saving the same state twice is the same as once", func(f *fixture) {
		s := f.create("first", 10)
		l := f.measured(s, 0, 1)
		for range 2 {
			f.save(l, 0, []byte("state"))
		}
		f.loads(l, 1, 0, []byte("state"))
	}},
	{"another state of that epoch, or one of an earlier epoch, is ErrConflict", func(f *fixture) {
		s := f.create("first", 10)
		l := f.measured(s, 0, 3)
		f.save(l, 1, []byte("state"))
		f.fails("other content", f.Store.SaveCheckpoint(f.Context(), l, 1, []byte("other")), study.ErrConflict)
		f.fails("earlier", f.Store.SaveCheckpoint(f.Context(), l, 0, []byte("state")), study.ErrConflict)
		f.loads(l, 1, 1, []byte("state"))
	}},
	{"an epoch that the attempt has not measured is ErrTransition", func(f *fixture) {
		s := f.create("first", 10)
		l := f.measured(s, 0, 2)
		f.fails("of nobody", f.Store.SaveCheckpoint(f.Context(), l, 2, []byte("state")), study.ErrTransition)
		next := f.again(s, l)
		f.fails("of another attempt", f.Store.SaveCheckpoint(f.Context(), next, 1, []byte("state")), study.ErrTransition)
		f.loadsNone("load", next, study.ErrNotFound)
	}},
	{"only the holder of the current token can save and load", func(f *fixture) {
		s := f.create("first", 10)
		l := f.measured(s, 0, 1)
		f.save(l, 0, []byte("state"))
		forged := l
		forged.Token = "guessed"
		next := f.again(s, l)
		for what, bad := range map[string]study.Lease{"forged": forged, "old": l, "unknown": {StudyID: 999, Token: "x"}} {
			f.fails("save with one "+what, f.Store.SaveCheckpoint(f.Context(), bad, 0, []byte("other")), study.ErrLeaseLost)
			f.loadsNone("load with one "+what, bad, study.ErrLeaseLost)
		}
		f.loads(next, 1, 0, []byte("state"))
	}},
	{"a state of another environment is ErrNotFound, and stays for one of its own", func(f *fixture) {
		s := f.create("first", 10)
		l := f.measured(s, 0, 1)
		f.save(l, 0, []byte("state"))
		for _, change := range []func(e *study.Environment){
			func(e *study.Environment) { e.KernelPath = "avx2" },
			func(e *study.Environment) { e.Version = "v2" },
			func(e *study.Environment) { e.DataHash = "decaf" },
		} {
			f.must(f.Store.HandBackTrial(f.Context(), l, "leaving"))
			c := claim("bob")
			change(&c.Environment)
			var err error
			_, l, err = f.Store.ClaimTrial(f.Context(), s.ID, c)
			f.must(err)
			f.loadsNone("load", l, study.ErrNotFound)
		}
		f.loads(f.again(s, l), 1, 0, []byte("state"))
	}},
	{"saving renews the lease by the ttl that was last given", func(f *fixture) {
		s := f.create("first", 10)
		l := f.measured(s, 0, 1)
		for range 2 { // the second time nothing is new but that the holder lives
			f.Advance(ttl - 1000)
			f.save(l, 0, []byte("state"))
		}
		f.Advance(ttl - 1000)
		_, _, err := f.Store.ClaimTrial(f.Context(), s.ID, claim("bob"))
		f.fails("claim", err, study.ErrNoTrial)
	}},
	{"states that are empty, too large or of no epoch are refused", func(f *fixture) {
		s := f.create("first", 10)
		l := f.measured(s, 0, 1)
		f.fails("too large", f.Store.SaveCheckpoint(f.Context(), l, 0, make([]byte, study.StateMax+1)), study.ErrTooLarge)
		if f.Store.SaveCheckpoint(f.Context(), l, 0, nil) == nil || f.Store.SaveCheckpoint(f.Context(), l, -1, []byte("state")) == nil {
			f.Error("a state of no bytes or of epoch -1 was saved")
		}
		f.loadsNone("load", l, study.ErrNotFound)
	}},
	{"a finished trial has no state, and none is saved after the end", func(f *fixture) {
		s := f.create("first", 10)
		for number, o := range []study.Outcome{complete(1), {State: study.Pruned, Value: 1}, {State: study.Failed, Reason: "no memory"}} {
			l := f.measured(s, number, 2)
			f.save(l, 0, stateOf(0, largeState))
			f.finish(l, o)
			f.fails("save", f.Store.SaveCheckpoint(f.Context(), l, 1, []byte("state")), study.ErrLeaseLost)
			f.loadsNone("load", l, study.ErrLeaseLost)
		}
	}},
	{"a study is deleted with its states, and no other study's", func(f *fixture) {
		s, other := f.create("first", 10), f.create("second", 10)
		gone, l := f.measured(s, 0, 1), f.measured(other, 0, 1)
		f.save(gone, 0, stateOf(0, largeState))
		f.save(l, 0, []byte("state"))
		f.must(f.Store.DeleteStudy(f.Context(), s.ID))
		f.fails("save", f.Store.SaveCheckpoint(f.Context(), gone, 0, []byte("state")), study.ErrLeaseLost)
		f.loads(l, 1, 0, []byte("state"))
	}},
	{"a copy of the study begins its trials anew", func(f *fixture) {
		s := f.create("first", 10)
		f.save(f.measured(s, 0, 1), 0, []byte("state"))
		copied, err := study.Copy(f.Context(), f.Store, s, f.Store, "copy")
		f.must(err)
		_, l := f.claim(copied, "bob")
		f.loadsNone("load", l, study.ErrNotFound)
	}},
	{"many workers save at once, each its own", func(f *fixture) {
		s := f.create("first", 10)
		var savers sync.WaitGroup
		for number := range 6 {
			l := f.measured(s, number, 3)
			savers.Go(func() {
				for epoch := range 3 {
					if err := f.Store.SaveCheckpoint(f.Context(), l, epoch, stateOf(uint64(number), largeState/2+epoch)); err != nil {
						f.Error(err)
					}
				}
				c, state, err := f.Store.LoadCheckpoint(f.Context(), l)
				if err != nil || c.Epoch != 2 || !bytes.Equal(state, stateOf(uint64(number), largeState/2+2)) {
					f.Errorf("trial %d: got %+v, error %v", number, c, err)
				}
			})
		}
		savers.Wait()
	}},
}
