package api_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goal-search/goal-search/api"
	"github.com/goal-search/goal-search/api/client"
	"github.com/goal-search/goal-search/api/wire"
	"github.com/goal-search/goal-search/internal/worker"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// evaluator reports three epochs; its value is the parameter x.
type evaluator struct {
	epoch func(trial, epoch int) // called before each report; may be nil
}

func (e evaluator) Evaluate(ctx context.Context, _ study.Spec, t study.Trial, p study.Progress) (study.Outcome, error) {
	for epoch := range 3 {
		if e.epoch != nil {
			e.epoch(t.Number, epoch)
		}
		if err := ctx.Err(); err != nil {
			return study.Outcome{}, err
		}
		if err := p.Report(study.Measurement{Epoch: epoch, Value: t.Parameters["x"]}); err != nil {
			return study.Outcome{}, err
		}
	}
	return study.Outcome{State: study.Complete, Value: t.Parameters["x"]}, nil
}

// work runs the study's trials over the wire until it has ended.
func (s *service) work(e evaluator, config client.WorkerConfig) error {
	s.t.Helper()
	config.Worker.Slots = 4
	remote, err := client.NewWorker(s.t.Context(), s.client(), config)
	if err != nil {
		return err
	}
	return worker.New(remote, e, worker.Config{Name: config.Worker.Name, Slots: config.Worker.Slots}).Run(s.t.Context())
}

func (s *service) wantAllComplete(name string, trials int) {
	s.t.Helper()
	found, err := s.store.Study(s.t.Context(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	all, err := s.store.Trials(s.t.Context(), found.ID, study.Filter{})
	if err != nil {
		s.t.Fatal(err)
	}
	if len(all) != trials || found.State != study.StudyCompleted {
		s.t.Errorf("got %d trials and the study %s, want %d and completed", len(all), found.State, trials)
	}
	for _, t := range all {
		if t.State != study.Complete || *t.Value != t.Parameters["x"] {
			s.t.Errorf("trial %d is %s", t.Number, t.State)
		}
		measured, err := s.store.Measurements(s.t.Context(), found.ID, t.Number)
		if err != nil {
			s.t.Fatal(err)
		}
		last := 0
		for _, m := range measured {
			if m.Attempt == len(t.Attempts) {
				last++
			}
		}
		if last != 3 {
			s.t.Errorf("trial %d has %d measurements of its last attempt, want 3", t.Number, last)
		}
	}
}

func TestWorkerRunsAStudy(t *testing.T) {
	s := serve(t)
	s.create("first", 20)
	if err := s.work(evaluator{}, client.WorkerConfig{Worker: study.Worker{Name: "ada"}, Study: "first"}); err != nil {
		t.Fatal(err)
	}
	s.wantAllComplete("first", 20)
}

func TestWorkerOutlivesAServer(t *testing.T) {
	s := serve(t)
	s.create("first", 12)
	var restarted atomic.Bool
	e := evaluator{epoch: func(trial, epoch int) {
		if trial >= 4 && epoch == 1 && restarted.CompareAndSwap(false, true) {
			s.stop()
			s.start(s.address)
		}
	}}
	if err := s.work(e, client.WorkerConfig{Worker: study.Worker{Name: "ada"}, Study: "first"}); err != nil {
		t.Fatal(err)
	}
	if !restarted.Load() {
		t.Error("the server was not restarted")
	}
	s.wantAllComplete("first", 12)
}

// TestWorkerOutlivesATokensReplacement: the server has the new one first.
func TestWorkerOutlivesATokensReplacement(t *testing.T) {
	var wanted, shown atomic.Value
	wanted.Store("old")
	shown.Store("old")
	s := serve(t, func(_ *api.Config, a *api.Access) { a.Token = func() string { return wanted.Load().(string) } })
	if _, err := s.store.CreateStudy(t.Context(), testStudy("first", 12)); err != nil {
		t.Fatal(err)
	}
	var refused atomic.Int32
	c, err := client.New(s.address, client.Config{
		Token: func() string { return shown.Load().(string) },
		Tried: func(err error) {
			if err != nil && refused.Add(1) == 8 {
				shown.Store("new")
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	e := evaluator{epoch: func(trial, epoch int) {
		if trial == 4 && epoch == 1 {
			wanted.Store("new")
		}
	}}
	remote, err := client.NewWorker(t.Context(), c, client.WorkerConfig{Worker: study.Worker{Name: "ada", Slots: 4}, Study: "first"})
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.New(remote, e, worker.Config{Name: "ada", Slots: 4}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if refused.Load() < 8 {
		t.Errorf("refused %d times, want 8", refused.Load())
	}
	s.wantAllComplete("first", 12)
	shown.Store("old")
	if _, err := c.Studies(t.Context()); err == nil || !strings.Contains(err.Error(), "not the one that was shown") {
		t.Errorf("a person's command: got error %v, want it refused at once", err)
	}
}

// TestTrainingGoesOnOffline: the server is away from the first epoch to the
// end of a trial, and gets all of it later.
func TestTrainingGoesOnOffline(t *testing.T) {
	s := serve(t)
	s.create("first", 1)
	e := evaluator{epoch: func(_, epoch int) {
		switch epoch {
		case 0:
			s.stop()
		case 2: // it has gone on
			time.AfterFunc(100*time.Millisecond, func() { s.start(s.address) })
		}
	}}
	if err := s.work(e, client.WorkerConfig{Worker: study.Worker{Name: "ada"}, Study: "first"}); err != nil {
		t.Fatal(err)
	}
	s.wantAllComplete("first", 1)
}

func TestStoppedTrialIsPruned(t *testing.T) {
	s := serve(t)
	made := s.create("first", 3)
	e := evaluator{epoch: func(trial, epoch int) {
		if trial == 1 && epoch == 1 {
			if _, err := s.client().StopTrial(t.Context(), made.ID, 1, "too slow"); err != nil {
				t.Error(err)
			}
		}
	}}
	if err := s.work(e, client.WorkerConfig{Worker: study.Worker{Name: "ada"}, Study: "first"}); err != nil {
		t.Fatal(err)
	}
	got, err := s.client().Trial(t.Context(), made.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	measured, err := s.client().Measurements(t.Context(), made.ID, 1)
	if got.State != study.Pruned || err != nil || len(measured) != 2 {
		t.Errorf("trial is %s (%s) with %d measurements, error %v; want pruned with 2", got.State, got.Reason, len(measured), err)
	}
	if n := strings.Count(got.Reason, study.ErrStop.Error()); n != 1 || !strings.HasSuffix(got.Reason, "too slow") {
		t.Errorf("the reason is %q, want it to say once that the trial was to stop, and why", got.Reason)
	}
}

func TestWorkersThatDoNotFit(t *testing.T) {
	s := serve(t)
	made := testStudy("first", 3)
	made.Labels = map[string]string{"pool": "night"}
	if _, err := s.client().CreateStudy(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	night := study.Worker{Name: "ada", Slots: 1, Labels: made.Labels}
	for name, c := range map[string]struct {
		worker study.Worker
		opened study.DataSet
		want   error
	}{
		"label missing":  {study.Worker{Name: "ada", Slots: 1}, study.DataSet{}, study.ErrUnfit},
		"other images":   {night, study.DataSet{Name: "digits", Images: 100, Hash: "decaf"}, study.ErrUnfit},
		"cannot open it": {night, study.DataSet{Name: "digits", Images: 100}, study.ErrUnfit},
		"fits":           {night, study.DataSet{Name: "digits", Images: 100, Hash: "c0ffee"}, nil},
	} {
		remote, err := client.NewWorker(t.Context(), s.client(), client.WorkerConfig{Worker: c.worker, Study: "first"})
		if err != nil {
			t.Fatal(err)
		}
		if c.opened.Name != "" {
			remote.Opened(c.opened)
		}
		_, _, l, err := remote.TakeTrial(t.Context(), "ada/1", study.Environment{})
		if !errors.Is(err, c.want) || err == nil && l.Token == "" {
			t.Errorf("%s: got error %v, want %v", name, err, c.want)
		}
	}
}

func TestDrainedWorkerLeaves(t *testing.T) {
	s := serve(t)
	s.create("first", 1000)
	e := evaluator{epoch: func(trial, _ int) {
		if trial == 4 {
			if _, err := s.client().DrainWorker(t.Context(), "ada"); err != nil {
				t.Error(err)
			}
		}
	}}
	if err := s.work(e, client.WorkerConfig{Worker: study.Worker{Name: "ada"}}); err != nil {
		t.Fatal(err)
	}
	all, err := s.client().Workers(t.Context())
	if err != nil || len(all) != 1 || !all[0].Draining || all[0].Running != 0 {
		t.Errorf("got workers %+v, error %v, want ada, draining, with nothing running", all, err)
	}
}

func TestOtherAPIVersionIsRefused(t *testing.T) {
	s := serve(t)
	_, err := s.rpc.RegisterWorker(t.Context(), &pb.RegisterWorkerRequest{Worker: &pb.Worker{Name: "workers/ada", Slots: 1}, ApiVersion: api.Version + 1})
	if err = wire.ToError(err); !errors.Is(err, wire.ErrAPIVersion) {
		t.Errorf("got error %v, want %v", err, wire.ErrAPIVersion)
	}
}

func TestLostWorkersTrialGoesToAnother(t *testing.T) {
	s := serve(t)
	s.create("first", 1)
	lost := s.take("first", "ada")
	answer, err := s.rpc.SuggestTrials(t.Context(), &pb.SuggestTrialsRequest{Parent: "studies/first", Worker: "workers/bob", Wait: seconds(10)})
	if err != nil || len(answer.GetAssignments()) != 1 || answer.GetAssignments()[0].GetLease().GetAttempt() != 2 {
		t.Fatalf("got %v, error %v, want the trial in attempt 2", answer, err)
	}
	value := 1.0
	_, err = s.rpc.CompleteTrial(t.Context(), &pb.CompleteTrialRequest{Lease: lost.GetLease(), FinalState: pb.Trial_STATE_COMPLETE, Value: &value})
	if err = wire.ToError(err); !errors.Is(err, study.ErrLeaseLost) {
		t.Errorf("late report: got error %v, want %v", err, study.ErrLeaseLost)
	}
	s.complete(answer.GetAssignments()[0].GetLease(), 2)
}

func TestManyStudiesShareWorkers(t *testing.T) {
	s := serve(t)
	for _, name := range []string{"a", "b"} {
		s.create(name, 50)
	}
	urgent := testStudy("urgent", 2)
	urgent.Priority = 5
	if _, err := s.client().CreateStudy(t.Context(), urgent); err != nil {
		t.Fatal(err)
	}
	var order []string
	for i := range 8 {
		order = append(order, s.take("-", fmt.Sprintf("w%d", i)).GetStudy().GetName())
	}
	want := "[studies/urgent studies/urgent studies/a studies/b studies/a studies/b studies/a studies/b]"
	if got := fmt.Sprint(order); got != want {
		t.Errorf("trials came from %s, want %s", got, want)
	}
}

func TestPauseAndResume(t *testing.T) {
	s := serve(t)
	made := s.create("first", 5)
	running := s.take("first", "ada")
	c := s.client()
	if err := c.SetStudyState(t.Context(), made.ID, study.StudyPaused, "for the night"); err != nil {
		t.Fatal(err)
	}
	s.complete(running.GetLease(), 1)
	answer, err := s.rpc.SuggestTrials(t.Context(), &pb.SuggestTrialsRequest{Parent: "studies/first", Worker: "workers/ada", Wait: seconds(0.1)})
	if err != nil || len(answer.GetAssignments()) != 0 {
		t.Errorf("paused: got %v, error %v, want nothing", answer, err)
	}
	time.AfterFunc(50*time.Millisecond, func() {
		if err := c.SetStudyState(t.Context(), made.ID, study.StudyActive, ""); err != nil {
			t.Error(err)
		}
	})
	answer, err = s.rpc.SuggestTrials(t.Context(), &pb.SuggestTrialsRequest{Parent: "studies/first", Worker: "workers/ada", Wait: seconds(30)})
	if err != nil || len(answer.GetAssignments()) != 1 {
		t.Errorf("active again: got %v, error %v, want a trial", answer, err)
	}
}

// TestWorkerLearnsTheLeaseTime: a server that starts anew with shorter leases
// hears heartbeats often enough to leave trials where they are.
func TestWorkerLearnsTheLeaseTime(t *testing.T) {
	s := serve(t)
	s.create("first", 3)
	w, l := s.worker("first")
	if got := w.LeaseTTL(); got != 2*time.Second {
		t.Errorf("got %v, want 2s", got)
	}
	s.stop()
	s.ttl = time.Second
	s.start(s.address)
	if _, err := w.FinishTrial(t.Context(), l, study.Outcome{State: study.Complete, Value: 1}); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := w.TakeTrial(t.Context(), "ada/1", study.Environment{}); err != nil {
		t.Fatal(err)
	}
	if got := w.LeaseTTL(); got != time.Second {
		t.Errorf("after a start anew: got %v, want 1s", got)
	}
}
