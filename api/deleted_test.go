package api_test

import (
	"reflect"
	"slices"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

func TestDeletedTrialIsListedNoMore(t *testing.T) {
	s := serve(t)
	c, made := s.client(), s.create("first", 10)
	for _, value := range []float64{1, 3, 2} {
		s.complete(s.take("first", "ada").GetLease(), value)
	}
	deleted, err := s.rpc.DeleteTrial(t.Context(), &pb.DeleteTrialRequest{Name: "studies/first/trials/1"})
	if err != nil || deleted.GetDeleteTime() == nil || deleted.GetUnseenFrom() != 3 || deleted.GetValue() != 3 {
		t.Errorf("got %v, error %v, want trial 1 with a time of deletion, unseen from trial 3", deleted, err)
	}
	got, err := c.Trial(t.Context(), made.ID, 1)
	stored, storedErr := s.store.Trial(t.Context(), made.ID, 1)
	if err != nil || storedErr != nil || !reflect.DeepEqual(got, stored) || !got.Deleted() {
		t.Errorf("got %+v, errors %v and %v, want what is stored: %+v", got, err, storedErr, stored)
	}
	for _, test := range []struct {
		filter study.Filter
		want   []int
	}{
		{study.Filter{}, []int{0, 2}},
		{study.Filter{Deleted: true}, []int{0, 1, 2}},
		{study.Filter{Deleted: true, Order: study.ByRank, AfterRank: 1}, []int{1, 2}},
		{study.Filter{UnseenFrom: 3}, []int{1}},
		{study.Filter{UnseenFrom: 4}, nil},
	} {
		var numbers []int
		trials, err := c.Trials(t.Context(), made.ID, test.filter)
		for _, trial := range trials {
			numbers = append(numbers, trial.Number)
		}
		if err != nil || !slices.Equal(numbers, test.want) {
			t.Errorf("%+v: got trials %v, error %v, want %v", test.filter, numbers, err, test.want)
		}
	}
	best, err := s.rpc.ListOptimalTrials(t.Context(), &pb.ListOptimalTrialsRequest{Parent: "studies/first"})
	if err != nil || len(best.GetTrials()) != 1 || best.GetTrials()[0].GetNumber() != 2 {
		t.Errorf("got %v, error %v, want trial 2", best, err)
	}
	if next := s.take("first", "ada").GetTrial(); next.GetNumber() != 3 || next.GetSaw() != 3 {
		t.Errorf("got %v, want trial 3, which saw three results", next)
	}
}

func TestDeletedTrialIsAnEvent(t *testing.T) {
	s := serve(t)
	made := s.create("first", 10)
	s.complete(s.take("first", "ada").GetLease(), 1)
	last, err := s.store.LastEvent(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	watch, err := s.rpc.WatchStudy(t.Context(), &pb.WatchStudyRequest{Name: "studies/first", AfterEvent: last})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.client().DeleteTrial(t.Context(), made.ID, 0); err != nil {
		t.Fatal(err)
	}
	got, err := watch.Recv()
	if err != nil || wire.ToEvent(got.GetEvent()).Kind != study.TrialDeleted || got.GetEvent().GetTrial().GetDeleteTime() == nil {
		t.Errorf("got %v, error %v, want that trial 0 is deleted", got, err)
	}
}

func TestTrialsThatCannotBeDeleted(t *testing.T) {
	s := serve(t)
	s.create("first", 10)
	s.take("first", "ada")
	for name, want := range map[string]codes.Code{
		"studies/first/trials/0":  codes.FailedPrecondition, // it is running
		"studies/first/trials/1":  codes.NotFound,
		"studies/second/trials/0": codes.NotFound,
		"studies/first":           codes.InvalidArgument,
	} {
		_, err := s.rpc.DeleteTrial(t.Context(), &pb.DeleteTrialRequest{Name: name})
		if status.Code(err) != want {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
	}
}
