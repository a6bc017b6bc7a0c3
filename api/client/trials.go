package client

import (
	"context"
	"slices"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

var trialOrders = map[study.TrialOrder]pb.ListTrialsRequest_Order{
	study.ByNumber: pb.ListTrialsRequest_ORDER_UNSPECIFIED,
	study.ByRank:   pb.ListTrialsRequest_ORDER_RANK,
	study.ByValue:  pb.ListTrialsRequest_ORDER_VALUE,
}

// Trials returns the chosen trials with their attempts; see study.Store.
func (c *Client) Trials(ctx context.Context, studyID int64, f study.Filter) ([]study.Trial, error) {
	name, err := c.nameOf(ctx, studyID)
	if err != nil {
		return nil, err
	}
	request := &pb.ListTrialsRequest{
		Parent: wire.StudyName(name), PageSize: pageSize, Order: trialOrders[f.Order], AfterRank: int32(f.AfterRank), MinValue: f.MinValue,
	}
	request.ShowDeleted = f.Deleted || f.UnseenFrom > 0
	if f.Limit > 0 {
		request.PageSize = int32(min(f.Limit, pageSize))
	}
	if f.Worker != "" {
		request.Worker = wire.WorkerName(f.Worker)
	}
	for _, state := range f.States {
		request.States = append(request.States, wire.FromTrialState(state))
	}
	var all []study.Trial
	for {
		page, err := call(ctx, c, func(ctx context.Context) (*pb.ListTrialsResponse, error) { return c.rpc.ListTrials(ctx, request) })
		if err != nil {
			return nil, err
		}
		for _, m := range page.GetTrials() {
			if t := toTrial(m, studyID); wanted(t, f) {
				all = append(all, t)
			}
			if f.Limit > 0 && len(all) == f.Limit {
				return all, nil
			}
		}
		if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
			return all, nil
		}
	}
}

// wanted tells whether the filter's parts choose the trial that a request does
// not have: its numbers, and where it begins.
func wanted(t study.Trial, f study.Filter) bool {
	place, valued := study.PlaceOf(t)
	early := f.Order == study.ByValue && f.After != nil && valued && !f.After.Precedes(place)
	return t.Number >= f.From && t.UnseenFrom >= f.UnseenFrom && !early && (len(f.Numbers) == 0 || slices.Contains(f.Numbers, t.Number))
}

func toTrial(m *pb.Trial, studyID int64) study.Trial {
	t := wire.ToTrial(m)
	t.StudyID = studyID
	return t
}

// trial makes a call that returns a trial of the study.
func (c *Client) trial(ctx context.Context, studyID int64, do func(ctx context.Context, study string) (*pb.Trial, error)) (study.Trial, error) {
	name, err := c.nameOf(ctx, studyID)
	if err != nil {
		return study.Trial{}, err
	}
	m, err := call(ctx, c, func(ctx context.Context) (*pb.Trial, error) { return do(ctx, name) })
	if err != nil {
		return study.Trial{}, err
	}
	return toTrial(m, studyID), nil
}

// Trial returns one trial, or study.ErrNotFound.
func (c *Client) Trial(ctx context.Context, studyID int64, number int) (study.Trial, error) {
	return c.trial(ctx, studyID, func(ctx context.Context, study string) (*pb.Trial, error) {
		return c.rpc.GetTrial(ctx, &pb.GetTrialRequest{Name: wire.TrialName(study, number)})
	})
}

// Counts counts the study's trials; see study.Store.
func (c *Client) Counts(ctx context.Context, studyID int64) (study.Counts, error) {
	name, err := c.nameOf(ctx, studyID)
	if err != nil {
		return study.Counts{}, err
	}
	m, err := call(ctx, c, func(ctx context.Context) (*pb.TrialCounts, error) {
		return c.rpc.CountTrials(ctx, &pb.CountTrialsRequest{Parent: wire.StudyName(name)})
	})
	return wire.ToCounts(m), err
}

// EnqueueTrial stores a waiting trial; see study.Store.
func (c *Client) EnqueueTrial(ctx context.Context, studyID int64, p study.Parameters, seed uint64) (study.Trial, error) {
	id := newRequestID()
	return c.trial(ctx, studyID, func(ctx context.Context, study string) (*pb.Trial, error) {
		return c.rpc.CreateTrial(ctx, &pb.CreateTrialRequest{
			Parent: wire.StudyName(study), Trial: &pb.Trial{Parameters: p, Seed: &seed}, RequestId: id,
		})
	})
}

// StopTrial asks that the trial stop; see study.Store.
func (c *Client) StopTrial(ctx context.Context, studyID int64, number int, reason string) (study.Trial, error) {
	id := newRequestID()
	return c.trial(ctx, studyID, func(ctx context.Context, study string) (*pb.Trial, error) {
		return c.rpc.StopTrial(ctx, &pb.StopTrialRequest{Name: wire.TrialName(study, number), Reason: reason, RequestId: id})
	})
}

// DeleteTrial takes a trial out of its study; see study.Store.
func (c *Client) DeleteTrial(ctx context.Context, studyID int64, number int) (study.Trial, error) {
	id := newRequestID()
	return c.trial(ctx, studyID, func(ctx context.Context, study string) (*pb.Trial, error) {
		return c.rpc.DeleteTrial(ctx, &pb.DeleteTrialRequest{Name: wire.TrialName(study, number), RequestId: id})
	})
}

// Measurements returns what was reported of a trial, by attempt and epoch.
func (c *Client) Measurements(ctx context.Context, studyID int64, number int) ([]study.Measurement, error) {
	name, err := c.nameOf(ctx, studyID)
	if err != nil {
		return nil, err
	}
	list, err := call(ctx, c, func(ctx context.Context) (*pb.ListMeasurementsResponse, error) {
		return c.rpc.ListMeasurements(ctx, &pb.ListMeasurementsRequest{Parent: wire.TrialName(name, number)})
	})
	if err != nil {
		return nil, err
	}
	var all []study.Measurement
	for _, m := range list.GetMeasurements() {
		all = append(all, wire.ToMeasurement(m))
	}
	return all, nil
}
