package api

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// movesMax bounds how many studies are on their way at a time, each in a
// temporary file. It is apart from transfersMax, as a study may take minutes
// and no worker is to wait for it.
const movesMax = 4

// spool returns a spool that is removed by done.
func (s *Server) spool(ctx context.Context) (spool *wire.Spool, done func(), err error) {
	leave, err := s.enter(ctx, s.moves)
	if err != nil {
		return nil, nil, err
	}
	if spool, err = wire.NewSpool(); err != nil {
		leave()
		return nil, nil, err
	}
	return spool, func() {
		if err := spool.Close(); err != nil {
			s.config.Log.Error("remove a temporary file", "error", err)
		}
		leave()
	}, nil
}

// ExportStudy implements the call.
func (s *Server) ExportStudy(r *pb.ExportStudyRequest, stream grpc.ServerStreamingServer[pb.ExportStudyResponse]) error {
	ctx := stream.Context()
	found, err := s.findStudy(ctx, "name", r.GetName())
	if err != nil {
		return err
	}
	spool, done, err := s.spool(ctx)
	if err != nil {
		return err
	}
	defer done()
	err = s.store.Histories(ctx, found.ID, func(h study.History) error { return spool.AddHistory(found.Name, h) })
	if err != nil {
		return err
	}
	if err := stream.Send(&pb.ExportStudyResponse{Part: &pb.ExportStudyResponse_Study{Study: wire.FromStudy(found)}}); err != nil {
		return err
	}
	return spool.Each(func(m *pb.History) error {
		return stream.Send(&pb.ExportStudyResponse{Part: &pb.ExportStudyResponse_History{History: m}})
	})
}

// ImportStudy implements the call.
func (s *Server) ImportStudy(stream grpc.ClientStreamingServer[pb.ImportStudyRequest, pb.Study]) error {
	first, err := stream.Recv()
	if errors.Is(err, io.EOF) {
		return invalid("study", errors.New("is required"))
	}
	if err != nil {
		return err
	}
	imported := wire.ToStudy(first.GetStudy())
	if err := s.checkImported(first.GetStudy(), imported); err != nil {
		return err
	}
	spool, done, err := s.spool(stream.Context())
	if err != nil {
		return err
	}
	defer done()
	sum, err := receiveStudy(stream, spool)
	if err != nil {
		return err
	}
	ctx, err := withRequest(stream.Context(), pb.SearchService_ImportStudy_FullMethodName+sum, first)
	if err != nil {
		return err
	}
	made, err := s.store.ImportStudy(ctx, imported, func(add func(study.History) error) error {
		c := importCheck{space: imported.Spec.Space, ranks: make(map[int]bool)}
		if err := spool.Histories(c.before(add)); err != nil {
			return err
		}
		return c.whole()
	})
	if err != nil {
		return err
	}
	s.dispatcher.Changed(made.ID)
	return stream.SendAndClose(wire.FromStudy(made))
}

// receiveStudy keeps the trials that a client sends and returns a hash of them.
func receiveStudy(stream grpc.ClientStreamingServer[pb.ImportStudyRequest, pb.Study], spool *wire.Spool) (sum string, err error) {
	for n := 0; ; n++ {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return spool.Sum()
		}
		if err != nil {
			return "", err
		}
		switch {
		case m.GetHistory() == nil:
			err = invalid("history", errors.New("is required in all messages but the first"))
		case n == 0 && m.GetHistory().GetTrial() == nil:
			err = invalid("history.trial", errors.New("is required in the first history"))
		default:
			err = spool.Add(m.GetHistory())
		}
		if err != nil {
			return "", err
		}
	}
}

// RenameStudy implements the call.
func (s *Server) RenameStudy(ctx context.Context, r *pb.RenameStudyRequest) (*pb.Study, error) {
	name, err := parseStudy("new_name", r.GetNewName())
	if err == nil {
		err = invalid("new_name", study.ValidateName(name))
	}
	if err != nil {
		return nil, err
	}
	var renamed study.Study
	err = s.takeName(ctx, r.GetName(), func(id int64) error {
		renamed, err = s.store.RenameStudy(ctx, id, name)
		return err
	})
	if errors.Is(err, study.ErrExists) {
		err = fmt.Errorf("study %s %w", name, study.ErrExists)
	}
	if err != nil {
		return nil, err
	}
	return wire.FromStudy(renamed), nil
}

// takeName makes a change after which there is no study of that name. One that
// is not there has no ID: to change it succeeds only for a request that has
// changed it before.
func (s *Server) takeName(ctx context.Context, name string, change func(id int64) error) error {
	found, missing := s.findStudy(ctx, "name", name)
	if missing != nil && !errors.Is(missing, study.ErrNotFound) {
		return missing
	}
	err := change(found.ID)
	if missing != nil && errors.Is(err, study.ErrNotFound) {
		return missing
	}
	if err == nil {
		s.dispatcher.Changed(found.ID)
	}
	return err
}
