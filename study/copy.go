package study

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
)

// Copy stores a study of one store in another under that name, with all its
// trials, attempts and measurements, or nothing of it. It then reads the copy
// back: one that differs is deleted and ErrCorrupt.
func Copy(ctx context.Context, from Store, s Study, to Store, name string) (Study, error) {
	copied := s
	copied.Name, copied.State = name, cmp.Or(s.State, StudyActive) // as ImportStudy keeps it
	var sent digest
	made, err := to.ImportStudy(ctx, copied, func(add func(History) error) error {
		sent = newDigest(copied)
		return from.Histories(ctx, s.ID, func(h History) error {
			sent.add(h)
			return add(h)
		})
	})
	if err != nil {
		return Study{}, err
	}
	if err := verify(ctx, to, name, sent); err != nil {
		return Study{}, errors.Join(err, to.DeleteStudy(context.WithoutCancel(ctx), made.ID))
	}
	return made, nil
}

// verify reads the study back and compares.
func verify(ctx context.Context, store Store, name string, want digest) error {
	s, err := store.Study(ctx, name)
	if err != nil {
		return err
	}
	got := newDigest(s)
	err = store.Histories(ctx, s.ID, func(h History) error {
		got.add(h)
		return nil
	})
	if err == nil && got.sum() != want.sum() {
		err = fmt.Errorf("%w: study %s reads back otherwise than it was written", ErrCorrupt, name)
	}
	return err
}

// digest is a hash of all that a study keeps but for its ID, which is the
// store's own. In JSON study's types are exact.
type digest struct {
	hash hash.Hash
	err  error
}

func newDigest(s Study) digest {
	s.ID = 0
	d := digest{hash: sha256.New()}
	d.err = json.NewEncoder(d.hash).Encode(s)
	return d
}

func (d *digest) add(h History) {
	h.StudyID = 0
	d.err = errors.Join(d.err, json.NewEncoder(d.hash).Encode(h))
}

func (d *digest) sum() string { return fmt.Sprintf("%x %v", d.hash.Sum(nil), d.err) }
