package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// CreateTrial implements the call.
func (s *Server) CreateTrial(ctx context.Context, r *pb.CreateTrialRequest) (*pb.Trial, error) {
	found, err := s.findStudy(ctx, "parent", r.GetParent())
	if err != nil {
		return nil, err
	}
	if r.GetTrial() == nil {
		return nil, invalid("trial", fmt.Errorf("is required"))
	}
	point := found.Spec.Space.Complete(r.GetTrial().GetParameters())
	for name := range r.GetTrial().GetParameters() {
		if _, ok := point[name]; !ok {
			return nil, invalid("trial.parameters", fmt.Errorf("%s is no parameter of study %s", name, found.Name))
		}
	}
	if err := found.Spec.Space.Check(point); err != nil {
		return nil, invalid("trial.parameters", err)
	}
	seed := found.Spec.TrainerSeed
	if r.GetTrial().Seed != nil {
		seed = r.GetTrial().GetSeed()
	}
	t, err := s.store.EnqueueTrial(ctx, found.ID, point, seed)
	if err != nil {
		return nil, err
	}
	s.dispatcher.Changed(found.ID)
	return wire.FromTrial(found.Name, t), nil
}

// GetTrial implements the call.
func (s *Server) GetTrial(ctx context.Context, r *pb.GetTrialRequest) (*pb.Trial, error) {
	found, number, err := s.findTrial(ctx, "name", r.GetName())
	if err != nil {
		return nil, err
	}
	t, err := s.store.Trial(ctx, found.ID, number)
	if err != nil {
		return nil, err
	}
	return wire.FromTrial(found.Name, t), nil
}

// findTrial returns the study and the number of the trial that a field names.
func (s *Server) findTrial(ctx context.Context, field, name string) (study.Study, int, error) {
	id, number, err := parseTrial(field, name)
	if err != nil {
		return study.Study{}, 0, err
	}
	found, err := s.store.Study(ctx, id)
	return found, number, err
}

// ListTrials implements the call.
func (s *Server) ListTrials(ctx context.Context, r *pb.ListTrialsRequest) (*pb.ListTrialsResponse, error) {
	filter, err := filterOf(r)
	if err != nil {
		return nil, err
	}
	found, err := s.findStudy(ctx, "parent", r.GetParent())
	if err != nil {
		return nil, err
	}
	size := filter.Limit
	filter.Limit++ // to see whether there is a next page
	trials, err := s.store.Trials(ctx, found.ID, filter)
	if err != nil {
		return nil, err
	}
	page := &pb.ListTrialsResponse{}
	if len(trials) > size {
		page.NextPageToken = pageToken(r.GetOrder().String(), nextPage(filter.Order, trials[size-1], trials[size]))
		trials = trials[:size]
	}
	for _, t := range trials {
		page.Trials = append(page.Trials, wire.FromTrial(found.Name, t))
	}
	return page, nil
}

// nextPage is the key of a page token between two trials.
func nextPage(order study.TrialOrder, last, next study.Trial) string {
	switch order {
	case study.ByRank:
		return fmt.Sprint(last.Rank)
	case study.ByValue:
		place, _ := study.PlaceOf(last)
		return placeKey(place)
	}
	return fmt.Sprint(next.Number)
}

// filterOf turns a request into the store's filter.
func filterOf(r *pb.ListTrialsRequest) (study.Filter, error) {
	var v violations
	f := study.Filter{
		Limit: pageSize(&v, r.GetPageSize()), AfterRank: int(r.GetAfterRank()), Deleted: r.GetShowDeleted(),
		MinValue: r.MinValue, //nolint:protogetter // nil when it is not set
	}
	kind := r.GetOrder().String()
	switch r.GetOrder() {
	case pb.ListTrialsRequest_ORDER_UNSPECIFIED:
		f.From = pageNumber(&v, kind, r.GetPageToken())
	case pb.ListTrialsRequest_ORDER_RANK:
		f.Order, f.AfterRank = study.ByRank, max(f.AfterRank, pageNumber(&v, kind, r.GetPageToken()))
	case pb.ListTrialsRequest_ORDER_VALUE:
		f.Order, f.After = study.ByValue, pagePlace(&v, kind, r.GetPageToken())
	default:
		v.add("order", fmt.Errorf("%s is none", r.GetOrder()))
	}
	for i, m := range r.GetStates() {
		state, ok := wire.ToTrialState(m)
		if !ok {
			v.add(fmt.Sprintf("states[%d]", i), fmt.Errorf("%s: want a state that a trial can have", m))
		}
		if !slices.Contains(f.States, state) {
			f.States = append(f.States, state)
		}
	}
	v.within("after_rank", r.GetAfterRank(), 0, 1<<31-1)
	if f.MinValue != nil {
		v.finite("min_value", *f.MinValue)
	}
	if r.GetWorker() != "" {
		name, ok := strings.CutPrefix(r.GetWorker(), wire.WorkerName(""))
		f.Worker = name
		if !ok || name == "" {
			v.add("worker", fmt.Errorf("%q: want workers/{worker}, and maybe a slash and a slot", r.GetWorker()))
		}
	}
	return f, v.err()
}

// CountTrials implements the call.
func (s *Server) CountTrials(ctx context.Context, r *pb.CountTrialsRequest) (*pb.TrialCounts, error) {
	found, err := s.findStudy(ctx, "parent", r.GetParent())
	if err != nil {
		return nil, err
	}
	counts, err := s.store.Counts(ctx, found.ID)
	if err != nil {
		return nil, err
	}
	return wire.FromCounts(counts), nil
}

// ListMeasurements implements the call.
func (s *Server) ListMeasurements(ctx context.Context, r *pb.ListMeasurementsRequest) (*pb.ListMeasurementsResponse, error) {
	found, number, err := s.findTrial(ctx, "parent", r.GetParent())
	if err != nil {
		return nil, err
	}
	all, err := s.store.Measurements(ctx, found.ID, number)
	if err != nil {
		return nil, err
	}
	list := &pb.ListMeasurementsResponse{}
	for _, m := range all {
		list.Measurements = append(list.Measurements, wire.FromMeasurement(m))
	}
	return list, nil
}

// StopTrial implements the call.
func (s *Server) StopTrial(ctx context.Context, r *pb.StopTrialRequest) (*pb.Trial, error) {
	return s.changeTrial(ctx, r.GetName(), func(ctx context.Context, studyID int64, number int) (study.Trial, error) {
		return s.store.StopTrial(ctx, studyID, number, r.GetReason())
	})
}

// DeleteTrial implements the call.
func (s *Server) DeleteTrial(ctx context.Context, r *pb.DeleteTrialRequest) (*pb.Trial, error) {
	return s.changeTrial(ctx, r.GetName(), s.store.DeleteTrial)
}

// changeTrial changes the named trial and returns it as it is then.
func (s *Server) changeTrial(ctx context.Context, name string, change func(ctx context.Context, studyID int64, number int) (study.Trial, error)) (*pb.Trial, error) {
	found, number, err := s.findTrial(ctx, "name", name)
	if err != nil {
		return nil, err
	}
	t, err := change(ctx, found.ID, number)
	if err != nil {
		return nil, err
	}
	s.dispatcher.Changed(found.ID)
	return wire.FromTrial(found.Name, t), nil
}

// CheckTrialEarlyStoppingState implements the call.
func (s *Server) CheckTrialEarlyStoppingState(ctx context.Context, r *pb.CheckTrialEarlyStoppingStateRequest) (*pb.CheckTrialEarlyStoppingStateResponse, error) {
	found, number, err := s.findTrial(ctx, "name", r.GetName())
	if err != nil {
		return nil, err
	}
	t, err := s.store.Trial(ctx, found.ID, number)
	if err != nil {
		return nil, err
	}
	reason := t.StopReason
	if reason == "" && found.State == study.StudyAborted {
		reason = "the study is aborted: " + found.StateReason
	}
	return &pb.CheckTrialEarlyStoppingStateResponse{ShouldStop: reason != "", Reason: reason}, nil
}
