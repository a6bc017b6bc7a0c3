package api

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// AddTrialMeasurement implements the call.
func (s *Server) AddTrialMeasurement(ctx context.Context, r *pb.AddTrialMeasurementRequest) (*pb.AddTrialMeasurementResponse, error) {
	var v violations
	checkLease(&v, "lease", r.GetLease())
	v.require("measurement", r.GetMeasurement() != nil)
	m := wire.ToMeasurement(r.GetMeasurement())
	v.add("measurement", m.Validate())
	if err := v.err(); err != nil {
		return nil, err
	}
	err := s.dispatcher.Report(ctx, wire.ToLease(r.GetLease()), m)
	if errors.Is(err, study.ErrStop) {
		return &pb.AddTrialMeasurementResponse{ShouldStop: true, Reason: err.Error()}, nil
	}
	return &pb.AddTrialMeasurementResponse{}, err
}

// checkLease notes what no lease lacks.
func checkLease(v *violations, field string, l *pb.Lease) {
	v.require(field, l != nil)
	v.require(field+".study_uid", l.GetStudyUid() != 0)
	v.require(field+".attempt", l.GetAttempt() != 0)
	v.require(field+".token", l.GetToken() != "")
}

// CompleteTrial implements the call.
func (s *Server) CompleteTrial(ctx context.Context, r *pb.CompleteTrialRequest) (*pb.Trial, error) {
	var v violations
	checkLease(&v, "lease", r.GetLease())
	state, ok := wire.ToTrialState(r.GetFinalState())
	switch {
	case !ok || !state.Finished():
		v.add("final_state", fmt.Errorf("%s: want STATE_COMPLETE, STATE_PRUNED or STATE_FAILED", r.GetFinalState()))
	case state == study.Failed:
		v.require("reason", r.GetReason() != "")
	default:
		v.require("value", r.Value != nil)
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	t, err := s.dispatcher.FinishTrial(ctx, wire.ToLease(r.GetLease()), study.Outcome{State: state, Value: r.GetValue(), Reason: r.GetReason()})
	if err != nil {
		return nil, err
	}
	found, err := s.store.StudyByID(ctx, t.StudyID)
	if errors.Is(err, study.ErrNotFound) { // deleted since; the trial has ended all the same
		found.Name, err = wire.AnyStudy, nil
	}
	if err != nil {
		return nil, err
	}
	return wire.FromTrial(found.Name, t), nil
}

// HandBackTrial implements the call.
func (s *Server) HandBackTrial(ctx context.Context, r *pb.HandBackTrialRequest) (*emptypb.Empty, error) {
	var v violations
	checkLease(&v, "lease", r.GetLease())
	if err := v.err(); err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.dispatcher.HandBackTrial(ctx, wire.ToLease(r.GetLease()), r.GetReason())
}

// leasesMax bounds how many leases one call renews.
const leasesMax = 1024

// RenewLease implements the call.
func (s *Server) RenewLease(ctx context.Context, r *pb.RenewLeaseRequest) (*pb.RenewLeaseResponse, error) {
	var v violations
	if n := len(r.GetLeases()); n < 1 || n > leasesMax {
		v.add("leases", fmt.Errorf("%d: want 1 to %d", n, leasesMax))
	}
	for i, l := range r.GetLeases() {
		checkLease(&v, fmt.Sprintf("leases[%d]", i), l)
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	if err := s.seeRenewing(ctx, r.GetWorker()); err != nil {
		return nil, err
	}
	renewed := &pb.RenewLeaseResponse{}
	for _, l := range r.GetLeases() {
		standing := &pb.LeaseStanding{}
		switch err := s.dispatcher.RenewLease(ctx, wire.ToLease(l)); {
		case errors.Is(err, study.ErrLeaseLost):
			standing.Lost, standing.Reason = true, err.Error()
		case errors.Is(err, study.ErrStop):
			standing.ShouldStop, standing.Reason = true, err.Error()
		case err != nil:
			return nil, err
		}
		renewed.Standings = append(renewed.Standings, standing)
	}
	return renewed, nil
}

// seeRenewing notes that the worker is alive; it may have left out its name.
func (s *Server) seeRenewing(ctx context.Context, worker string) error {
	if worker == "" {
		return nil
	}
	name, err := parseWorker(worker)
	if err != nil {
		return invalid("worker", err)
	}
	_, err = s.seen.see(ctx, name)
	return err
}
