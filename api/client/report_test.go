package client

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// lostLease is a server that says so, and takes no reports.
type lostLease struct{ pb.SearchServiceClient }

func (lostLease) AddTrialMeasurement(context.Context, *pb.AddTrialMeasurementRequest, ...grpc.CallOption) (*pb.AddTrialMeasurementResponse, error) {
	return nil, status.Error(codes.Unavailable, "the database does not answer")
}

func (lostLease) RenewLease(context.Context, *pb.RenewLeaseRequest, ...grpc.CallOption) (*pb.RenewLeaseResponse, error) {
	return &pb.RenewLeaseResponse{Standings: []*pb.LeaseStanding{{Lost: true, Reason: "attempt 2 runs"}}}, nil
}

// What was measured of a trial that is lost is of no use: a worker that lives
// for months must not keep it.
func TestLostLeaseIsForgotten(t *testing.T) {
	w := &Worker{
		client: &Client{rpc: lostLease{}},
		untold: make(map[string][]*pb.AddTrialMeasurementRequest),
	}
	w.leaseTTL.Store(int64(time.Minute))
	l := study.Lease{StudyID: 1, Attempt: 1, Token: "token"}
	if err := w.Report(t.Context(), l, study.Measurement{}); err != nil {
		t.Fatal(err)
	}
	if len(w.untold) != 1 {
		t.Fatalf("measurements of %d trials are kept, want them of 1", len(w.untold))
	}
	if err := w.RenewLease(t.Context(), l); !errors.Is(err, study.ErrLeaseLost) {
		t.Fatalf("got error %v, want %v", err, study.ErrLeaseLost)
	}
	if len(w.untold) != 0 {
		t.Errorf("measurements of %d trials are kept, want none", len(w.untold))
	}
}
