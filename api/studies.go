package api

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/sampler"
	"github.com/goal-search/goal-search/study"
)

// CreateStudy implements the call.
func (s *Server) CreateStudy(ctx context.Context, r *pb.CreateStudyRequest) (*pb.Study, error) {
	made := wire.ToStudy(r.GetStudy())
	if r.GetStudy().GetName() == "" {
		made.Name = fmt.Sprintf("%s-%s-%08x", made.Spec.Sampler.Name, made.Spec.DataSet.Name, rand.Uint32())
	}
	if err := s.checkStudy(r.GetStudy(), made); err != nil {
		return nil, err
	}
	made, err := s.store.CreateStudy(ctx, made)
	if err != nil {
		return nil, err
	}
	s.dispatcher.Notice(made)
	s.dispatcher.Changed(made.ID)
	return wire.FromStudy(made), nil
}

// checkStudy names each field that is wrong.
func (s *Server) checkStudy(m *pb.Study, made study.Study) error {
	var v violations
	v.require("study", m != nil)
	v.add("study.name", study.ValidateName(made.Name))
	v.add("study.budget", made.Budget.Validate())
	v.within("study.priority", m.GetPriority(), -study.PriorityMax, study.PriorityMax)
	v.add("study.required_labels", study.ValidateLabels(made.Labels))
	v.add("study.spec.parameters", made.Spec.Space.Validate())
	_, err := sampler.New(made.Spec.Sampler.Name)
	v.add("study.spec.sampler.name", err)
	v.require("study.spec.data_set.name", made.Spec.DataSet.Name != "")
	v.add("study.spec.data_set", made.Spec.DataSet.Validate())
	if err := v.err(); err != nil {
		return err
	}
	if made.Spec.Objective != nil && s.config.CheckObjective != nil {
		v.add("study.spec.objective", s.config.CheckObjective(made.Spec))
	}
	v.add("study", made.Validate())
	return v.err()
}

// GetStudy implements the call.
func (s *Server) GetStudy(ctx context.Context, r *pb.GetStudyRequest) (*pb.Study, error) {
	found, err := s.findStudy(ctx, "name", r.GetName())
	if err != nil {
		return nil, err
	}
	return wire.FromStudy(found), nil
}

// findStudy returns the study that a field names.
func (s *Server) findStudy(ctx context.Context, field, name string) (study.Study, error) {
	id, err := parseStudy(field, name)
	if err != nil {
		return study.Study{}, err
	}
	return s.store.Study(ctx, id)
}

// ListStudies implements the call.
func (s *Server) ListStudies(ctx context.Context, r *pb.ListStudiesRequest) (*pb.ListStudiesResponse, error) {
	var v violations
	size, from := pageSize(&v, r.GetPageSize()), pageNumber(&v, "studies", r.GetPageToken())
	if err := v.err(); err != nil {
		return nil, err
	}
	all, err := s.store.Studies(ctx)
	if err != nil {
		return nil, err
	}
	page := &pb.ListStudiesResponse{}
	for _, found := range all {
		if found.ID < int64(from) || len(r.GetStates()) > 0 && !slices.Contains(r.GetStates(), wire.FromStudyState(found.State)) {
			continue
		}
		if len(page.Studies) == size {
			page.NextPageToken = pageToken("studies", fmt.Sprint(found.ID))
			break
		}
		page.Studies = append(page.Studies, wire.FromStudy(found))
	}
	return page, nil
}

// SetStudyState implements the call.
func (s *Server) SetStudyState(ctx context.Context, r *pb.SetStudyStateRequest) (*pb.Study, error) {
	next, ok := wire.ToStudyState(r.GetState())
	if !ok {
		return nil, invalid("state", fmt.Errorf("%s: want a state that a study can have", r.GetState()))
	}
	return s.changeStudy(ctx, r.GetName(), func(id int64) error {
		return s.store.SetStudyState(ctx, id, next, r.GetReason())
	})
}

// SetStudyBudget implements the call.
func (s *Server) SetStudyBudget(ctx context.Context, r *pb.SetStudyBudgetRequest) (*pb.Study, error) {
	if r.GetBudget() == nil {
		return nil, invalid("budget", fmt.Errorf("is required"))
	}
	budget := wire.ToBudget(r.GetBudget())
	if err := budget.Validate(); err != nil {
		return nil, invalid("budget", err)
	}
	return s.changeStudy(ctx, r.GetName(), func(id int64) error {
		return s.store.SetBudget(ctx, id, budget)
	})
}

// changeStudy changes the named study and returns it as it is then.
func (s *Server) changeStudy(ctx context.Context, name string, change func(id int64) error) (*pb.Study, error) {
	found, err := s.findStudy(ctx, "name", name)
	if err != nil {
		return nil, err
	}
	s.dispatcher.Notice(found)
	if err := change(found.ID); err != nil {
		return nil, err
	}
	s.dispatcher.Changed(found.ID)
	if found, err = s.store.Study(ctx, found.Name); err != nil {
		return nil, err
	}
	s.dispatcher.Notice(found)
	return wire.FromStudy(found), nil
}

// DeleteStudy implements the call.
func (s *Server) DeleteStudy(ctx context.Context, r *pb.DeleteStudyRequest) (*emptypb.Empty, error) {
	err := s.takeName(ctx, r.GetName(), func(id int64) error { return s.store.DeleteStudy(ctx, id) })
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, nil
}
