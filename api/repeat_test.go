package api_test

import (
	"testing"

	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// completeAs is complete with a request_id.
func (s *service) completeAs(id string, l *pb.Lease, value float64) *pb.Trial {
	s.t.Helper()
	t, err := s.rpc.CompleteTrial(s.t.Context(), &pb.CompleteTrialRequest{
		Lease: l, FinalState: pb.Trial_STATE_COMPLETE, Value: &value, RequestId: id,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

// suggestAs asks for trials with a request_id.
func (s *service) suggestAs(id, study string, count int32) (*pb.SuggestTrialsResponse, error) {
	return s.rpc.SuggestTrials(s.t.Context(), &pb.SuggestTrialsRequest{
		Parent: "studies/" + study, Worker: "workers/ada", SuggestionCount: count, RequestId: id,
	})
}

// TestLastTrialEndsItsStudy: ending the study is not the request that ends the
// trial, and must not pass for a repetition of it.
func TestLastTrialEndsItsStudy(t *testing.T) {
	s := serve(t)
	s.create("first", 1)
	s.completeAs("last", s.take("first", "ada").GetLease(), 1)
	found, err := s.store.Study(t.Context(), "first")
	if err != nil || found.State != study.StudyCompleted {
		t.Errorf("study is %s, error %v, want completed", found.State, err)
	}
}

// TestAskThatEndsAStudyGetsAnothersTrial: a request that finds one study at its
// end goes on to the next.
func TestAskThatEndsAStudyGetsAnothersTrial(t *testing.T) {
	s := serve(t)
	first := s.create("first", 1)
	lease := wire.ToLease(s.take("first", "ada").GetLease())
	s.create("second", 1)
	// Through the store, so that nobody settles the first study.
	if _, err := s.store.FinishTrial(t.Context(), lease, study.Outcome{State: study.Complete, Value: 1}); err != nil {
		t.Fatal(err)
	}
	answer, err := s.suggestAs("ask", "-", 1)
	if err != nil || len(answer.GetAssignments()) != 1 || answer.GetAssignments()[0].GetStudy().GetName() != "studies/second" {
		t.Errorf("got %v, error %v, want a trial of second", answer, err)
	}
	if found, err := s.store.Study(t.Context(), first.Name); err != nil || found.State != study.StudyCompleted {
		t.Errorf("first is %s, error %v, want completed", found.State, err)
	}
}
