package client

import (
	"context"
	"fmt"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// pageSize is how many items are asked for at a time.
const pageSize = 1000

// CreateStudy makes a study, under a name of the server's if it has none.
func (c *Client) CreateStudy(ctx context.Context, s study.Study) (study.Study, error) {
	request := &pb.CreateStudyRequest{Study: wire.FromStudy(s), RequestId: newRequestID()}
	if s.Name == "" {
		request.Study.Name = ""
	}
	return c.study(ctx, func(ctx context.Context) (*pb.Study, error) { return c.rpc.CreateStudy(ctx, request) })
}

// study makes a call that returns a study.
func (c *Client) study(ctx context.Context, do func(ctx context.Context) (*pb.Study, error)) (study.Study, error) {
	m, err := call(ctx, c, do)
	if err != nil {
		return study.Study{}, err
	}
	return c.learn(wire.ToStudy(m)), nil
}

// Study returns the study of that name, or study.ErrNotFound.
func (c *Client) Study(ctx context.Context, name string) (study.Study, error) {
	return c.study(ctx, func(ctx context.Context) (*pb.Study, error) {
		return c.rpc.GetStudy(ctx, &pb.GetStudyRequest{Name: wire.StudyName(name)})
	})
}

// Studies returns all studies, oldest first.
func (c *Client) Studies(ctx context.Context) ([]study.Study, error) {
	var all []study.Study
	for token := ""; ; {
		page, err := call(ctx, c, func(ctx context.Context) (*pb.ListStudiesResponse, error) {
			return c.rpc.ListStudies(ctx, &pb.ListStudiesRequest{PageSize: pageSize, PageToken: token})
		})
		if err != nil {
			return nil, err
		}
		for _, m := range page.GetStudies() {
			all = append(all, c.learn(wire.ToStudy(m)))
		}
		if token = page.GetNextPageToken(); token == "" {
			return all, nil
		}
	}
}

// nameOf returns the name of a study that this client has seen, or looks for
// it.
func (c *Client) nameOf(ctx context.Context, id int64) (string, error) {
	known := func() (string, bool) {
		c.mu.Lock()
		defer c.mu.Unlock()
		name, ok := c.names[id]
		return name, ok
	}
	if name, ok := known(); ok {
		return name, nil
	}
	if _, err := c.Studies(ctx); err != nil {
		return "", err
	}
	if name, ok := known(); ok {
		return name, nil
	}
	return "", fmt.Errorf("study %d: %w", id, study.ErrNotFound)
}

// forget drops a study's name.
func (c *Client) forget(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.names, id)
}

// SetStudyState moves the study; see study.Store.
func (c *Client) SetStudyState(ctx context.Context, studyID int64, next study.StudyState, reason string) error {
	name, err := c.nameOf(ctx, studyID)
	if err != nil {
		return err
	}
	request := &pb.SetStudyStateRequest{Name: wire.StudyName(name), State: wire.FromStudyState(next), Reason: reason, RequestId: newRequestID()}
	_, err = c.study(ctx, func(ctx context.Context) (*pb.Study, error) { return c.rpc.SetStudyState(ctx, request) })
	return err
}

// SetBudget replaces the study's budget; see study.Store.
func (c *Client) SetBudget(ctx context.Context, studyID int64, b study.Budget) error {
	name, err := c.nameOf(ctx, studyID)
	if err != nil {
		return err
	}
	request := &pb.SetStudyBudgetRequest{Name: wire.StudyName(name), Budget: wire.FromBudget(b), RequestId: newRequestID()}
	_, err = c.study(ctx, func(ctx context.Context) (*pb.Study, error) { return c.rpc.SetStudyBudget(ctx, request) })
	return err
}
