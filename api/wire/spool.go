package wire

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/proto"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// Bounds of a spool, in bytes.
const (
	spoolMax = 16 << 30
	trialMax = 256 << 20 // of one trial, which is in memory as a whole
)

// Spool keeps the trials of a study in a temporary file. What is on its way
// between a store and a wire waits there, as it may be much: so a store's
// transaction is not as slow as the wire, and either may begin anew.
type Spool struct {
	file  *os.File
	out   *bufio.Writer
	hash  hash.Hash
	size  int64
	trial int64 // bytes of the last trial
}

// NewSpool makes an empty spool. The caller closes it.
func NewSpool() (*Spool, error) {
	file, err := os.CreateTemp("", "goal-search-study-*")
	if err != nil {
		return nil, fmt.Errorf("keep a study on its way: %w", err)
	}
	s := &Spool{file: file, hash: sha256.New()}
	s.out = bufio.NewWriter(io.MultiWriter(file, s.hash))
	return s, nil
}

// Close removes what is kept.
func (s *Spool) Close() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}

// Reset empties the spool.
func (s *Spool) Reset() error {
	_, err := s.file.Seek(0, io.SeekStart)
	if err == nil {
		err = s.file.Truncate(0)
	}
	s.hash.Reset()
	s.out.Reset(io.MultiWriter(s.file, s.hash))
	s.size, s.trial = 0, 0
	return err
}

// Add keeps one more message. study.ErrTooLarge: there are too many.
func (s *Spool) Add(m *pb.History) error {
	if m.GetTrial() != nil {
		s.trial = 0
	}
	// In a fixed order, so that the same messages have the same hash.
	n, err := protodelim.MarshalOptions{MarshalOptions: proto.MarshalOptions{Deterministic: true}}.MarshalTo(s.out, m)
	s.size += int64(n)
	s.trial += int64(n)
	switch {
	case err != nil:
		return fmt.Errorf("keep a study on its way: %w", err)
	case s.trial > trialMax:
		return fmt.Errorf("%w: what was reported of a trial takes more than %d bytes", study.ErrTooLarge, trialMax)
	case s.size > spoolMax:
		return fmt.Errorf("%w: the study takes more than %d bytes", study.ErrTooLarge, spoolMax)
	}
	return nil
}

// AddHistory keeps a trial of the named study.
func (s *Spool) AddHistory(studyName string, h study.History) error {
	return FromHistory(studyName, h, s.Add)
}

// Sum is a hash of all that was added.
func (s *Spool) Sum() (string, error) {
	err := s.out.Flush()
	return hex.EncodeToString(s.hash.Sum(nil)), err
}

// Each gives all that was added to each, from the beginning.
func (s *Spool) Each(each func(*pb.History) error) error {
	next, err := s.read()
	for err == nil {
		m, ended := next()
		if errors.Is(ended, io.EOF) {
			return nil
		}
		if err = ended; err == nil {
			err = each(m)
		}
	}
	return err
}

// Histories is Each with whole trials.
func (s *Spool) Histories(each func(study.History) error) error {
	next, err := s.read()
	if err != nil {
		return err
	}
	return ReceiveHistories(next, each)
}

// read returns a function that returns the messages one by one, then io.EOF.
func (s *Spool) read() (func() (*pb.History, error), error) {
	if err := s.out.Flush(); err != nil {
		return nil, fmt.Errorf("keep a study on its way: %w", err)
	}
	in := bufio.NewReader(io.NewSectionReader(s.file, 0, s.size))
	return func() (*pb.History, error) {
		m := &pb.History{}
		err := protodelim.UnmarshalOptions{MaxSize: trialMax}.UnmarshalFrom(in, m)
		return m, err
	}, nil
}
