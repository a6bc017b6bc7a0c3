package client

import (
	"context"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// WorkerStanding is a worker and how much it is doing.
type WorkerStanding struct {
	study.Worker
	Running int `json:"running"` // trials
}

// Workers returns all workers by name.
func (c *Client) Workers(ctx context.Context) ([]WorkerStanding, error) {
	var all []WorkerStanding
	for token := ""; ; {
		page, err := call(ctx, c, func(ctx context.Context) (*pb.ListWorkersResponse, error) {
			return c.rpc.ListWorkers(ctx, &pb.ListWorkersRequest{PageSize: pageSize, PageToken: token})
		})
		if err != nil {
			return nil, err
		}
		for _, m := range page.GetWorkers() {
			all = append(all, WorkerStanding{wire.ToWorker(m), int(m.GetRunning())})
		}
		if token = page.GetNextPageToken(); token == "" {
			return all, nil
		}
	}
}

// DrainWorker lets a worker finish what it has; it is given no more.
func (c *Client) DrainWorker(ctx context.Context, name string) (study.Worker, error) {
	request := &pb.DrainWorkerRequest{Name: wire.WorkerName(name), RequestId: newRequestID()}
	m, err := call(ctx, c, func(ctx context.Context) (*pb.Worker, error) { return c.rpc.DrainWorker(ctx, request) })
	if err != nil {
		return study.Worker{}, err
	}
	return wire.ToWorker(m), nil
}
