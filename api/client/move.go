package client

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// Bounds of a study's way. It may be gigabytes; where the line breaks in the
// first minutes, it is sent again from the beginning.
const (
	moveTimeout  = time.Hour // of one try
	movePatience = 10 * time.Minute
)

// RenameStudy gives the study another name; see study.Store.
func (c *Client) RenameStudy(ctx context.Context, studyID int64, name string) (study.Study, error) {
	old, err := c.nameOf(ctx, studyID)
	if err != nil {
		return study.Study{}, err
	}
	request := &pb.RenameStudyRequest{Name: wire.StudyName(old), NewName: wire.StudyName(name), RequestId: newRequestID()}
	return c.study(ctx, func(ctx context.Context) (*pb.Study, error) { return c.rpc.RenameStudy(ctx, request) })
}

// DeleteStudy removes the study; see study.Store.
func (c *Client) DeleteStudy(ctx context.Context, studyID int64) error {
	name, err := c.nameOf(ctx, studyID)
	if err != nil {
		return err
	}
	request := &pb.DeleteStudyRequest{Name: wire.StudyName(name), RequestId: newRequestID()}
	_, err = call(ctx, c, func(ctx context.Context) (any, error) { return c.rpc.DeleteStudy(ctx, request) })
	if err == nil {
		c.forget(studyID)
	}
	return err
}

// Histories gives every trial of the study to each; see study.Store. It gives
// none before all have come.
func (c *Client) Histories(ctx context.Context, studyID int64, each func(study.History) error) (err error) {
	name, err := c.nameOf(ctx, studyID)
	if err != nil {
		return err
	}
	spool, err := wire.NewSpool()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, spool.Close()) }()
	_, err = retry(ctx, movePatience, moveTimeout, func(ctx context.Context) (any, error) {
		return nil, c.receive(ctx, name, spool)
	})
	if err != nil {
		return err
	}
	return spool.Histories(func(h study.History) error {
		h.StudyID = studyID
		return each(h)
	})
}

// receive fills the spool with the study's trials.
func (c *Client) receive(ctx context.Context, name string, spool *wire.Spool) error {
	if err := spool.Reset(); err != nil {
		return err
	}
	stream, err := c.rpc.ExportStudy(ctx, &pb.ExportStudyRequest{Name: wire.StudyName(name)})
	if err != nil {
		return err
	}
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && m.GetHistory() != nil {
			err = spool.Add(m.GetHistory())
		}
		if err != nil {
			return err
		}
	}
}

// ImportStudy stores a study at the server; see study.Store. It calls trials
// once.
func (c *Client) ImportStudy(ctx context.Context, s study.Study, trials func(add func(study.History) error) error) (made study.Study, err error) {
	spool, err := wire.NewSpool()
	if err != nil {
		return study.Study{}, err
	}
	defer func() { err = errors.Join(err, spool.Close()) }()
	if err := trials(func(h study.History) error { return spool.AddHistory(s.Name, h) }); err != nil {
		return study.Study{}, err
	}
	first := &pb.ImportStudyRequest{Part: &pb.ImportStudyRequest_Study{Study: wire.FromStudy(s)}, RequestId: newRequestID()}
	m, err := retry(ctx, movePatience, moveTimeout, func(ctx context.Context) (*pb.Study, error) {
		return c.send(ctx, first, spool)
	})
	if err != nil {
		return study.Study{}, err
	}
	return c.learn(wire.ToStudy(m)), nil
}

// send sends a study with its trials.
func (c *Client) send(ctx context.Context, first *pb.ImportStudyRequest, spool *wire.Spool) (*pb.Study, error) {
	stream, err := c.rpc.ImportStudy(ctx)
	if err != nil {
		return nil, err
	}
	if err = stream.Send(first); err == nil {
		err = spool.Each(func(m *pb.History) error {
			return stream.Send(&pb.ImportStudyRequest{Part: &pb.ImportStudyRequest_History{History: m}})
		})
	}
	if err != nil && !errors.Is(err, io.EOF) { // io.EOF: the answer says why
		return nil, err
	}
	return stream.CloseAndRecv()
}
