package api_test

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// TestPagesByValue goes through equal values, 0 and -0 among them, while
// better and worse trials finish.
func TestPagesByValue(t *testing.T) {
	s := serve(t)
	s.create("first", 100)
	third := 1.0 / 3
	for _, v := range []float64{0, third, math.Copysign(0, -1), math.Nextafter(third, 1), 0, third} {
		s.complete(s.take("first", "ada").GetLease(), v)
	}
	s.take("first", "ada") // 6 runs
	var got []int32
	request := &pb.ListTrialsRequest{Parent: "studies/first", PageSize: 1, Order: pb.ListTrialsRequest_ORDER_VALUE}
	for better := true; ; better = !better {
		page, err := s.rpc.ListTrials(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		for _, trial := range page.GetTrials() {
			if trial.GetNumber() < 6 {
				got = append(got, trial.GetNumber())
			}
		}
		if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
			break
		}
		if len(got) < 6 {
			v := -1.0
			if better {
				v = 1
			}
			s.complete(s.take("first", "ada").GetLease(), v)
		}
	}
	if want := "[3 1 5 0 2 4]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestListsAreFiltered(t *testing.T) {
	s := serve(t)
	made := s.create("first", 10)
	for i, worker := range []string{"ada/1", "bob/1", "ada/2", "bob"} {
		s.complete(s.take("first", worker).GetLease(), float64(i%2)/10)
	}
	least := 0.1
	for _, c := range []struct {
		filter study.Filter
		want   string
	}{
		{study.Filter{MinValue: &least}, "[1 3]"},
		{study.Filter{Worker: "ada"}, "[0 2]"},
		{study.Filter{Worker: "ada/2"}, "[2]"},
		{study.Filter{Worker: "bob", MinValue: &least, Order: study.ByValue, Limit: 1}, "[1]"},
		{study.Filter{Order: study.ByValue}, "[1 3 0 2]"},
		{study.Filter{Order: study.ByValue, After: &study.Place{Value: 0.1, Number: 1}, Limit: 2}, "[3 0]"},
		{study.Filter{Order: study.ByRank, AfterRank: 2}, "[2 3]"},
	} {
		trials, err := s.client().Trials(t.Context(), made.ID, c.filter)
		var got []int
		for _, trial := range trials {
			got = append(got, trial.Number)
		}
		if err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("%+v: got %v, error %v, want %s", c.filter, got, err, c.want)
		}
	}
	best, err := s.rpc.ListOptimalTrials(t.Context(), &pb.ListOptimalTrialsRequest{Parent: "studies/first"})
	if err != nil || len(best.GetTrials()) != 2 || best.GetTrials()[0].GetNumber() != 1 || best.GetTrials()[1].GetNumber() != 3 {
		t.Errorf("got %v, error %v, want trials 1 and 3", best, err)
	}
}

func TestCountsCrossTheWire(t *testing.T) {
	s := serve(t)
	made := s.create("first", 20)
	for range 3 {
		s.complete(s.take("first", "ada").GetLease(), 0.5)
	}
	s.take("first", "ada/2")
	if _, err := s.store.DeleteTrial(t.Context(), made.ID, 1); err != nil {
		t.Fatal(err)
	}
	want, err := s.store.Counts(t.Context(), made.ID)
	if err != nil || want.Total() != 4 || want.Finished() != 3 || want.Deleted != 1 {
		t.Fatalf("the store has %+v, error %v", want, err)
	}
	got, err := s.client().Counts(t.Context(), made.ID)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, error %v, want %+v", got, err, want)
	}
	if _, err := s.rpc.CountTrials(t.Context(), &pb.CountTrialsRequest{Parent: "studies/other"}); status.Code(err) != codes.NotFound {
		t.Errorf("of an unknown study: got %v, want NOT_FOUND", err)
	}
}

// reader is a store that notes what is read of it.
type reader struct {
	study.Store
	limits []int // of lists of trials
}

func (r *reader) Trials(ctx context.Context, studyID int64, f study.Filter) ([]study.Trial, error) {
	r.limits = append(r.limits, f.Limit)
	return r.Store.Trials(ctx, studyID, f)
}

// TestOnlyWhatIsAskedForIsRead: whoever wants the best trials of a large study
// does not wait for all of them.
func TestOnlyWhatIsAskedForIsRead(t *testing.T) {
	s := serve(t)
	made := s.create("first", 20)
	for range 12 {
		s.complete(s.take("first", "ada").GetLease(), 0.5)
	}
	s.stop()
	r := &reader{Store: s.store}
	s.store = r
	s.start(s.address)
	got, err := s.client().Trials(t.Context(), made.ID, study.Filter{Order: study.ByValue, Limit: 3})
	if err != nil || len(got) != 3 {
		t.Errorf("got %d trials, error %v, want 3", len(got), err)
	}
	if fmt.Sprint(r.limits) != "[4]" { // and one that tells whether there are more
		t.Errorf("read lists of at most %v trials, want one of 4", r.limits)
	}
}
