package study

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
)

// Source is where a copy is made from: a Store, or a server of studies.
type Source interface {
	Histories(ctx context.Context, studyID int64, each func(History) error) error
}

// Destination is where a copy is made: a Store, or a server of studies.
type Destination interface {
	Source
	Study(ctx context.Context, name string) (Study, error)
	ImportStudy(ctx context.Context, s Study, trials func(add func(History) error) error) (Study, error)
	SetStudyState(ctx context.Context, studyID int64, next StudyState, reason string) error
	DeleteStudy(ctx context.Context, studyID int64) error
}

// unread is why a copy is paused until it has been compared.
const unread = "it is being copied: nobody has compared it yet"

// Copy stores a study of one place in another under that name, with all its
// trials, attempts and measurements, or nothing of it. It then reads the copy
// back: one that differs is deleted and ErrCorrupt. Until then an active study
// is paused, or workers that wait for trials would change what is compared.
func Copy(ctx context.Context, from Source, s Study, to Destination, name string) (Study, error) {
	copied := s
	copied.Name = name
	active := s.State == StudyActive || s.State == ""
	if active {
		copied.State, copied.StateReason = StudyPaused, unread
	}
	switch _, err := to.Study(ctx, name); { // before all is sent in vain
	case err == nil:
		return Study{}, fmt.Errorf("study %s %w", name, ErrExists)
	case !errors.Is(err, ErrNotFound):
		return Study{}, err
	}
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
	err = verify(ctx, to, name, sent)
	if err == nil && active {
		made.State, made.StateReason = StudyActive, s.StateReason
		err = to.SetStudyState(ctx, made.ID, made.State, made.StateReason)
	}
	if err != nil {
		return Study{}, errors.Join(err, to.DeleteStudy(context.WithoutCancel(ctx), made.ID))
	}
	return made, nil
}

// verify reads the study back and compares.
func verify(ctx context.Context, d Destination, name string, want digest) error {
	s, err := d.Study(ctx, name)
	if err != nil {
		return err
	}
	got := newDigest(s)
	err = d.Histories(ctx, s.ID, func(h History) error {
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
	d.encode(s)
	return d
}

// add takes an empty map for none, and an empty list, as a wire does.
func (d *digest) add(h History) {
	h.StudyID = 0
	d.encode(h.Trial)
	for _, m := range h.Measurements {
		if len(m.Metrics) == 0 {
			m.Metrics = nil
		}
		d.encode(m)
	}
}

func (d *digest) encode(v any) {
	d.err = errors.Join(d.err, json.NewEncoder(d.hash).Encode(v))
}

func (d *digest) sum() string { return fmt.Sprintf("%x %v", d.hash.Sum(nil), d.err) }
