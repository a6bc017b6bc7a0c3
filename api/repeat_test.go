package api_test

import (
	"fmt"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/goal-search/goal-search/api"
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

// TestRepeatedAskGetsTheSame: a worker that missed the answer gets it, whatever
// has happened since; else its trials would wait for their leases to end.
func TestRepeatedAskGetsTheSame(t *testing.T) {
	for _, c := range []struct {
		name  string
		since func(s *service, first study.Study, a *pb.Assignment)
	}{
		{"nothing", func(*service, study.Study, *pb.Assignment) {}},
		{"the study ended", func(s *service, first study.Study, _ *pb.Assignment) {
			if err := s.store.SetStudyState(s.t.Context(), first.ID, study.StudyCompleted, "enough"); err != nil {
				s.t.Fatal(err)
			}
		}},
		{"the worker is to leave", func(s *service, _ study.Study, _ *pb.Assignment) {
			s.register("ada")
			if _, err := s.rpc.DrainWorker(s.t.Context(), &pb.DrainWorkerRequest{Name: "workers/ada"}); err != nil {
				s.t.Fatal(err)
			}
		}},
		{"the trial finished", func(s *service, _ study.Study, a *pb.Assignment) { s.complete(a.GetLease(), 1) }},
		{"there is room for more", func(s *service, first study.Study, _ *pb.Assignment) {
			if err := s.store.SetBudget(s.t.Context(), first.ID, study.Budget{Trials: 9}); err != nil {
				s.t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t)
			made := s.create("first", 2)
			first, err := s.suggestAs("ask", "first", 3)
			if err != nil || len(first.GetAssignments()) != 2 {
				t.Fatalf("got %v, error %v, want 2 trials", first, err)
			}
			c.since(s, made, first.GetAssignments()[0])
			again, err := s.suggestAs("ask", "first", 3)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := leases(again), leases(first); !slices.Equal(got, want) {
				t.Errorf("got leases %v, want %v", got, want)
			}
		})
	}
}

func leases(m *pb.SuggestTrialsResponse) []study.Lease {
	var all []study.Lease
	for _, a := range m.GetAssignments() {
		all = append(all, wire.ToLease(a.GetLease()))
	}
	return all
}

func (s *service) register(worker string) {
	s.t.Helper()
	request := &pb.RegisterWorkerRequest{Worker: &pb.Worker{Name: "workers/" + worker, Slots: 1}, ApiVersion: api.Version}
	if _, err := s.rpc.RegisterWorker(s.t.Context(), request); err != nil {
		s.t.Fatal(err)
	}
}

// TestRepeatedEndOutlivesItsStudy: who finished a trial is told so, though the
// study was deleted before the answer came, and the server started anew.
func TestRepeatedEndOutlivesItsStudy(t *testing.T) {
	s := serve(t)
	first := s.create("first", 2)
	lease := s.take("first", "ada").GetLease()
	s.completeAs("end", lease, 1)
	if err := s.store.DeleteStudy(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	s.stop()
	s.start(s.address)
	if again := s.completeAs("end", lease, 1); again.GetState() != pb.Trial_STATE_COMPLETE || again.GetValue() != 1 {
		t.Errorf("got %v, want it complete with 1", again)
	}
}

func TestRequestsHappenOnce(t *testing.T) {
	s := serve(t)
	ctx := t.Context()
	var lease *pb.Lease
	value := 0.5
	for _, c := range []struct {
		name string
		call func(id string) (proto.Message, error)
	}{
		{"CreateStudy", func(id string) (proto.Message, error) {
			made := wire.FromStudy(testStudy("", 9))
			made.Name = ""
			return s.rpc.CreateStudy(ctx, &pb.CreateStudyRequest{Study: made, RequestId: id})
		}},
		{"CreateStudy of a name", func(id string) (proto.Message, error) {
			return s.rpc.CreateStudy(ctx, &pb.CreateStudyRequest{Study: wire.FromStudy(testStudy("first", 9)), RequestId: id})
		}},
		{"CreateTrial", func(id string) (proto.Message, error) {
			return s.rpc.CreateTrial(ctx, &pb.CreateTrialRequest{Parent: "studies/first", Trial: &pb.Trial{Parameters: map[string]float64{"x": 0}}, RequestId: id})
		}},
		{"SuggestTrials", func(id string) (proto.Message, error) {
			answer, err := s.rpc.SuggestTrials(ctx, &pb.SuggestTrialsRequest{Parent: "studies/first", Worker: "workers/ada", SuggestionCount: 3, RequestId: id})
			if err == nil {
				lease = answer.GetAssignments()[0].GetLease()
			}
			return answer, err
		}},
		{"AddTrialMeasurement", func(id string) (proto.Message, error) {
			return s.rpc.AddTrialMeasurement(ctx, &pb.AddTrialMeasurementRequest{Lease: lease, Measurement: &pb.Measurement{Value: 1}, RequestId: id})
		}},
		{"CompleteTrial", func(id string) (proto.Message, error) {
			return s.rpc.CompleteTrial(ctx, &pb.CompleteTrialRequest{Lease: lease, FinalState: pb.Trial_STATE_COMPLETE, Value: &value, RequestId: id})
		}},
		{"DeleteTrial", func(id string) (proto.Message, error) {
			name := fmt.Sprintf("studies/first/trials/%d", lease.GetTrial())
			return s.rpc.DeleteTrial(ctx, &pb.DeleteTrialRequest{Name: name, RequestId: id})
		}},
		{"RenameStudy", func(id string) (proto.Message, error) {
			return s.rpc.RenameStudy(ctx, &pb.RenameStudyRequest{Name: "studies/first", NewName: "studies/second", RequestId: id})
		}},
		{"DeleteStudy", func(id string) (proto.Message, error) {
			return s.rpc.DeleteStudy(ctx, &pb.DeleteStudyRequest{Name: "studies/second", RequestId: id})
		}},
	} {
		first, err := c.call(c.name)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		again, err := c.call(c.name)
		if err != nil || !proto.Equal(first, again) {
			t.Errorf("%s again: got %v and error %v, want %v", c.name, again, err, first)
		}
	}
	_, err := s.rpc.DeleteStudy(ctx, &pb.DeleteStudyRequest{Name: "studies/first", RequestId: "CreateStudy"})
	wantError(t, "the ID of another request", wire.ToError(err), study.ErrConflict)
}
