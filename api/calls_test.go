package api_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/goal-search/goal-search/api"
	"github.com/goal-search/goal-search/api/wire"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

func seconds(s float64) *durationpb.Duration {
	return durationpb.New(time.Duration(s * float64(time.Second)))
}

func TestWrongFieldsAreNamed(t *testing.T) {
	s := serve(t)
	s.create("first", 3)
	lease := s.take("first", "ada").GetLease()
	ctx := t.Context()
	bad := testStudy("a name", 0)
	bad.Spec.Sampler.Name = "guess"
	bad.Spec.Space = nil
	for _, c := range []struct {
		call   func() error
		fields []string
	}{
		{func() error {
			_, err := s.rpc.CreateStudy(ctx, &pb.CreateStudyRequest{Study: wire.FromStudy(bad)})
			return err
		},
			[]string{"study.name", "study.budget", "study.spec.parameters", "study.spec.sampler.name"}},
		{func() error { _, err := s.rpc.GetStudy(ctx, &pb.GetStudyRequest{Name: "first"}); return err }, []string{"name"}},
		{func() error {
			_, err := s.rpc.GetTrial(ctx, &pb.GetTrialRequest{Name: "studies/first/trials/-1"})
			return err
		}, []string{"name"}},
		{func() error {
			_, err := s.rpc.ListTrials(ctx, &pb.ListTrialsRequest{Parent: "studies/first", PageSize: -1, PageToken: "x", States: []pb.Trial_State{99}})
			return err
		}, []string{"page_size", "page_token", "states[0]"}},
		{func() error {
			notFinite := math.Inf(1)
			_, err := s.rpc.ListTrials(ctx, &pb.ListTrialsRequest{
				Parent: "studies/first", Order: pb.ListTrialsRequest_ORDER_VALUE, MinValue: &notFinite, Worker: "ada",
				PageToken: base64.RawURLEncoding.EncodeToString([]byte("ORDER_VALUE:NaN 1")),
			})
			return err
		}, []string{"page_token", "min_value", "worker"}},
		{func() error {
			trial := int32(-1)
			stream, err := s.rpc.WatchStudy(ctx, &pb.WatchStudyRequest{Name: "studies/first", AfterEvent: -2, Trial: &trial, MaxAge: seconds(-1), Tail: -1})
			if err == nil {
				_, err = stream.Recv()
			}
			return err
		}, []string{"after_event", "trial", "max_age", "tail"}},
		{func() error {
			_, err := s.rpc.CreateTrial(ctx, &pb.CreateTrialRequest{Parent: "studies/first", Trial: &pb.Trial{Parameters: map[string]float64{"x": 2}}})
			return err
		}, []string{"trial.parameters"}},
		{func() error {
			_, err := s.rpc.SuggestTrials(ctx, &pb.SuggestTrialsRequest{Parent: "first", Worker: "ada", SuggestionCount: 65, Wait: seconds(61)})
			return err
		}, []string{"parent", "worker", "suggestion_count", "wait"}},
		{func() error { _, err := s.rpc.AddTrialMeasurement(ctx, &pb.AddTrialMeasurementRequest{}); return err },
			[]string{"lease", "lease.study_uid", "lease.attempt", "lease.token", "measurement"}},
		{func() error {
			_, err := s.rpc.CompleteTrial(ctx, &pb.CompleteTrialRequest{Lease: lease, FinalState: pb.Trial_STATE_FAILED})
			return err
		}, []string{"reason"}},
		{func() error {
			_, err := s.rpc.CompleteTrial(ctx, &pb.CompleteTrialRequest{Lease: lease, FinalState: pb.Trial_STATE_RUNNING})
			return err
		}, []string{"final_state"}},
		{func() error {
			_, err := s.rpc.SetStudyState(ctx, &pb.SetStudyStateRequest{Name: "studies/first"})
			return err
		}, []string{"state"}},
		{func() error {
			_, err := s.rpc.RenameStudy(ctx, &pb.RenameStudyRequest{Name: "studies/first", NewName: "second"})
			return err
		}, []string{"new_name"}},
		{func() error {
			_, err := s.rpc.RenameStudy(ctx, &pb.RenameStudyRequest{Name: "studies/first", NewName: "studies/a name"})
			return err
		}, []string{"new_name"}},
		{func() error {
			_, err := s.rpc.StopTrial(ctx, &pb.StopTrialRequest{Name: "studies/first/trials/0", RequestId: string(make([]byte, 101))})
			return err
		}, []string{"request_id"}},
		{func() error {
			_, err := s.rpc.StopTrial(ctx, &pb.StopTrialRequest{Name: "studies/first/trials/0", RequestId: "mine "})
			return err
		}, []string{"request_id"}},
		{func() error {
			_, err := s.rpc.RegisterWorker(ctx, &pb.RegisterWorkerRequest{Worker: &pb.Worker{Name: "ada"}, ApiVersion: api.Version})
			return err
		}, []string{"worker.name"}},
	} {
		err := c.call()
		got := violated(err)
		if status.Code(err) != codes.InvalidArgument || !slices.Equal(got, c.fields) {
			t.Errorf("got %v with fields %q, want %q", err, got, c.fields)
		}
	}
}

// violated returns the fields that a google.rpc.BadRequest names.
func violated(err error) []string {
	var fields []string
	for _, detail := range status.Convert(err).Details() {
		if bad, ok := detail.(*errdetails.BadRequest); ok {
			for _, v := range bad.GetFieldViolations() {
				fields = append(fields, v.GetField())
			}
		}
	}
	return fields
}

func TestErrorsKeepTheirKind(t *testing.T) {
	s := serve(t)
	c := s.client()
	made := s.create("first", 2)
	lease := s.take("first", "ada").GetLease()
	ctx := t.Context()
	_, err := c.CreateStudy(ctx, testStudy("first", 2))
	wantError(t, "taken name", err, study.ErrExists)
	_, err = c.Study(ctx, "nobody")
	wantError(t, "unknown study", err, study.ErrNotFound)
	other := s.create("other", 2)
	_, err = c.RenameStudy(ctx, other.ID, "first")
	wantError(t, "rename to a taken name", err, study.ErrExists)
	wantError(t, "delete", c.DeleteStudy(ctx, other.ID), nil)
	wantError(t, "delete an unknown study", c.DeleteStudy(ctx, other.ID), study.ErrNotFound)
	_, err = c.RenameStudy(ctx, other.ID, "second")
	wantError(t, "rename an unknown study", err, study.ErrNotFound)
	wantError(t, "export an unknown study", c.Histories(ctx, other.ID, nil), study.ErrNotFound)
	_, err = c.Trial(ctx, made.ID, 7)
	wantError(t, "unknown trial", err, study.ErrNotFound)
	_, err = c.DeleteTrial(ctx, made.ID, 0)
	wantError(t, "delete a running trial", err, study.ErrTransition)
	s.complete(lease, 1)
	_, err = s.rpc.HandBackTrial(ctx, &pb.HandBackTrialRequest{Lease: lease})
	wantError(t, "hand back a finished trial", wire.ToError(err), study.ErrLeaseLost)
	_, err = c.StopTrial(ctx, made.ID, 0, "")
	wantError(t, "stop a finished trial", err, study.ErrTransition)
	for range 2 {
		_, err = c.EnqueueTrial(ctx, made.ID, study.Parameters{"x": 0}, 1)
	}
	wantError(t, "a full study", err, study.ErrBudget)
	if err := c.SetStudyState(ctx, made.ID, study.StudyAborted, "enough"); err != nil {
		t.Fatal(err)
	}
	wantError(t, "activate an aborted study", c.SetStudyState(ctx, made.ID, study.StudyActive, ""), study.ErrTransition)
	_, err = s.rpc.SuggestTrials(ctx, &pb.SuggestTrialsRequest{Parent: "studies/first", Worker: "workers/ada"})
	wantError(t, "a study that has ended", wire.ToError(err), study.ErrEnded)
	_, err = c.DrainWorker(ctx, "nobody")
	wantError(t, "unknown worker", err, study.ErrNotFound)
}

func wantError(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

// TestAWaitOutlivesAStudy: who waits for any trial may be who finds that a study
// has ended. The trial of another one is then its as before.
func TestAWaitOutlivesAStudy(t *testing.T) {
	s := serve(t)
	full := s.create("full", 1)
	_, l, err := s.store.AddTrial(t.Context(), full.ID, study.Trial{Parameters: study.Parameters{"x": 0}}, study.Claim{Worker: "ada", TTL: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.FinishTrial(t.Context(), l, study.Outcome{State: study.Complete}); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.untilCompleted(full.ID)
		s.create("next", 1)
	}()
	answer, err := s.rpc.SuggestTrials(t.Context(), &pb.SuggestTrialsRequest{
		Parent: "studies/-", Worker: "workers/bob", Wait: seconds(5), RequestId: "1"})
	if err != nil || len(answer.GetAssignments()) != 1 {
		t.Errorf("got %v, error %v, want the trial of the next study", answer, err)
	}
}

func TestHandBackHappensOnce(t *testing.T) {
	s := serve(t)
	s.create("first", 3)
	lease := s.take("first", "ada").GetLease()
	for range 2 {
		if _, err := s.rpc.HandBackTrial(t.Context(), &pb.HandBackTrialRequest{Lease: lease, Reason: "leaving", RequestId: "1"}); err != nil {
			t.Error(err)
		}
	}
	if again := s.take("first", "bob").GetLease(); again.GetTrial() != 0 || again.GetAttempt() != 2 {
		t.Errorf("got %v, want trial 0 in attempt 2", again)
	}
}

func TestListsHavePages(t *testing.T) {
	s := serve(t)
	made := s.create("first", 10)
	for i := range 5 {
		s.complete(s.take("first", "ada").GetLease(), float64(i%3))
	}
	var numbers []int32
	request := &pb.ListTrialsRequest{Parent: "studies/first", PageSize: 2, Order: pb.ListTrialsRequest_ORDER_RANK}
	for pages := 1; ; pages++ {
		page, err := s.rpc.ListTrials(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		for _, trial := range page.GetTrials() {
			numbers = append(numbers, trial.GetNumber())
		}
		if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
			if pages != 3 || fmt.Sprint(numbers) != "[0 1 2 3 4]" {
				t.Errorf("got %v in %d pages, want 0 to 4 in 3", numbers, pages)
			}
			break
		}
	}
	got, err := s.client().Trials(t.Context(), made.ID, study.Filter{From: 1, Limit: 2})
	if err != nil || len(got) != 2 || got[0].Number != 1 {
		t.Errorf("got %v, error %v, want trials 1 and 2", got, err)
	}
	best, err := s.rpc.ListOptimalTrials(t.Context(), &pb.ListOptimalTrialsRequest{Parent: "studies/first"})
	if err != nil || len(best.GetTrials()) != 1 || best.GetTrials()[0].GetNumber() != 2 {
		t.Errorf("got %v, error %v, want trial 2", best, err)
	}
}

func TestStudyReadsBackAsItWasMade(t *testing.T) {
	s := serve(t)
	want := testStudy("first", 7)
	target := 0.75
	want.Budget = study.Budget{Trials: 7, WallTime: time.Hour, Target: &target, Patience: 3}
	want.Priority, want.Labels = -3, map[string]string{"pool": "night"}
	want.Spec.Space[0] = study.Parameter{Name: "x", Low: 1, High: 64, Log: true, Integer: true}
	want.Spec.Objective = []byte(`{"epochs":3}`)
	got, err := s.client().CreateStudy(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := s.store.Study(t.Context(), "first")
	if err != nil {
		t.Fatal(err)
	}
	want.ID, want.CreatedAt, want.State = stored.ID, stored.CreatedAt, study.StudyActive
	for what, s := range map[string]study.Study{"stored": stored, "answered": got} {
		if fmt.Sprintf("%+v", s.Spec) != fmt.Sprintf("%+v", want.Spec) || s.Budget.WallTime != time.Hour || *s.Budget.Target != target ||
			s.Budget.Patience != 3 || s.Priority != -3 || s.Labels["pool"] != "night" || s.State != want.State || !s.CreatedAt.Equal(want.CreatedAt) {
			t.Errorf("%s: got %+v, want %+v", what, s, want)
		}
	}
}

func TestHealthAndReflection(t *testing.T) {
	s := serve(t)
	health, err := healthpb.NewHealthClient(s.conn).Check(t.Context(), &healthpb.HealthCheckRequest{Service: "goalsearch.v1.SearchService"})
	if err != nil || health.GetStatus() != healthpb.HealthCheckResponse_SERVING {
		t.Errorf("got %v, error %v, want SERVING", health, err)
	}
	stream, err := reflectionpb.NewServerReflectionClient(s.conn).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}}); err != nil {
		t.Fatal(err)
	}
	answer, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, service := range answer.GetListServicesResponse().GetService() {
		names = append(names, service.GetName())
	}
	if !slices.Contains(names, "goalsearch.v1.SearchService") {
		t.Errorf("got services %v", names)
	}
}

func TestTokenIsAskedFor(t *testing.T) {
	s := serve(t, func(_ *api.Config, a *api.Access) { a.Token = always("secret") })
	for shown, want := range map[string]codes.Code{
		"": codes.Unauthenticated, "Bearer secrets": codes.Unauthenticated, "Bearer secret": codes.OK,
	} {
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", shown)
		if _, err := s.rpc.ListStudies(ctx, &pb.ListStudiesRequest{}); status.Code(err) != want {
			t.Errorf("%q: got %v, want %v", shown, err, want)
		}
		stream, err := s.rpc.WatchStudy(ctx, &pb.WatchStudyRequest{Name: "studies/none"})
		if err == nil {
			_, err = stream.Recv()
		}
		if want == codes.OK {
			want = codes.NotFound
		}
		if status.Code(err) != want {
			t.Errorf("watch with %q: got %v, want %v", shown, err, want)
		}
	}
	if _, err := healthpb.NewHealthClient(s.conn).Check(t.Context(), &healthpb.HealthCheckRequest{}); err != nil {
		t.Errorf("health without a token: %v", err)
	}
}

func TestDeadlineEndsAWait(t *testing.T) {
	s := serve(t)
	s.create("first", 1)
	s.take("first", "ada")
	ctx, cancel := context.WithTimeout(t.Context(), 900*time.Millisecond)
	defer cancel()
	answer, err := s.rpc.SuggestTrials(ctx, &pb.SuggestTrialsRequest{Parent: "studies/first", Worker: "workers/bob", Wait: seconds(60)}, grpc.WaitForReady(true))
	if err != nil || len(answer.GetAssignments()) != 0 {
		t.Errorf("got %v, error %v, want an empty answer before the deadline", answer, err)
	}
}

// TestLongFieldsAreRefused: a server's database keeps 64 KiB of them.
func TestLongFieldsAreRefused(t *testing.T) {
	s := serve(t)
	ctx := t.Context()
	long := strings.Repeat("x", 100_000)
	wide := testStudy("wide", 3)
	for i := range study.SpaceMax {
		wide.Spec.Space = append(wide.Spec.Space, study.Parameter{Name: fmt.Sprint(i), High: 1})
	}
	hashed := testStudy("hashed", 3)
	hashed.Spec.DataSet.Hash = long
	for field, call := range map[string]func() error{
		"study.spec.parameters": func() error {
			_, err := s.rpc.CreateStudy(ctx, &pb.CreateStudyRequest{Study: wire.FromStudy(wide)})
			return err
		},
		"study.spec.data_set": func() error {
			_, err := s.rpc.CreateStudy(ctx, &pb.CreateStudyRequest{Study: wire.FromStudy(hashed)})
			return err
		},
		"worker": func() error {
			_, err := s.rpc.SuggestTrials(ctx, &pb.SuggestTrialsRequest{Parent: "studies/-", Worker: "workers/ada/" + long})
			return err
		},
		"version": func() error {
			_, err := s.rpc.SuggestTrials(ctx, &pb.SuggestTrialsRequest{Parent: "studies/-", Worker: "workers/ada", Version: long})
			return err
		},
		"kernel_path": func() error {
			_, err := s.rpc.SuggestTrials(ctx, &pb.SuggestTrialsRequest{Parent: "studies/-", Worker: "workers/ada", KernelPath: long})
			return err
		},
	} {
		if err := call(); status.Code(err) != codes.InvalidArgument || violated(err)[0] != field {
			t.Errorf("got %v with fields %q, want %q", err, violated(err), field)
		}
	}
}
