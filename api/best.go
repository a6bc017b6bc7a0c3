package api

import (
	"context"
	"fmt"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// ListOptimalTrials implements the call.
func (s *Server) ListOptimalTrials(ctx context.Context, r *pb.ListOptimalTrialsRequest) (*pb.ListOptimalTrialsResponse, error) {
	found, err := s.findStudy(ctx, "parent", r.GetParent())
	if err != nil {
		return nil, err
	}
	list := &pb.ListOptimalTrialsResponse{}
	best, ok, err := study.ReadBest(ctx, s.store, found.ID)
	if err != nil || !ok {
		return list, err
	}
	trials, err := s.store.Trials(ctx, found.ID, study.Filter{
		States: []study.TrialState{study.Complete}, Order: study.ByValue, MinValue: best.Value,
	})
	if err != nil {
		return nil, err
	}
	for _, t := range trials {
		if *t.Value != *trials[0].Value { // a better one finished meanwhile
			break
		}
		list.Trials = append(list.Trials, wire.FromTrial(found.Name, t))
	}
	return list, nil
}

// GetBestGoal implements the call.
func (s *Server) GetBestGoal(ctx context.Context, r *pb.GetBestGoalRequest) (*pb.BestGoal, error) {
	found, err := s.findStudy(ctx, "name", r.GetName())
	if err != nil {
		return nil, err
	}
	best, ok, err := study.ReadBest(ctx, s.store, found.ID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("study %s has no complete trial yet: %w", found.Name, study.ErrNotFound)
	}
	goal, err := s.describe(found, best)
	if err != nil {
		return nil, err
	}
	m := &pb.BestGoal{
		Study: wire.StudyName(found.Name), Trial: wire.FromTrial(found.Name, best), Value: *best.Value,
		Seeds: []uint64{best.Seed}, Network: goal.Network, Sentence: goal.Sentence,
	}
	for _, term := range goal.Terms {
		m.Terms = append(m.Terms, &pb.GoalTerm{Term: term.Name, Gamma: term.Gamma})
	}
	return m, nil
}

// describe returns the trial's goal. ErrTransition: the study is not one of
// goals.
func (s *Server) describe(found study.Study, t study.Trial) (Goal, error) {
	if found.Spec.Objective == nil || s.config.DescribeGoal == nil {
		return Goal{}, fmt.Errorf("%w: study %s is not one of goals", study.ErrTransition, found.Name)
	}
	goal, err := s.config.DescribeGoal(found.Spec, t)
	if err != nil {
		return Goal{}, fmt.Errorf("%w: study %s is not one of goals: %w", study.ErrTransition, found.Name, err)
	}
	return goal, nil
}
