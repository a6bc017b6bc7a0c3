package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/goal-search/goal-search/api/client"
	"github.com/goal-search/goal-search/api/wire"
	"github.com/goal-search/goal-search/internal/worker"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/study/sqlstore"
)

// laptop is a store that no server serves.
func laptop(t *testing.T) study.Store {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "laptop.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// epochs is more than one message has room for.
const epochs = 3000

// lived returns a study with trials in every state and numbers of every kind.
func lived(t *testing.T, store study.Store) study.Study {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s := testStudy("first", 9)
	s.Spec.Objective = []byte(`{"note":"<&> ü"}`)
	s.Labels = map[string]string{"pool": "night"}
	s, err := store.CreateStudy(t.Context(), s)
	must(err)
	claim := study.Claim{Worker: "ada/1", Environment: study.Environment{Version: "v1", KernelPath: "avx2", DataHash: "c0ffee"}, TTL: time.Minute}
	add := func(number int) study.Lease {
		_, l, err := store.AddTrial(t.Context(), s.ID, study.Trial{
			Number: number, Parameters: study.Parameters{"x": 1 / float64(number+3), "fixed": 7}, Seed: math.MaxUint64 - uint64(number), Saw: number / 2}, claim)
		must(err)
		return l
	}
	l := add(0)
	for i, v := range []float64{0, math.Copysign(0, -1), 1.0 / 3, math.NaN(), math.Inf(1), math.Inf(-1)} {
		must(store.AddMeasurement(t.Context(), l, study.Measurement{Epoch: i, Value: v, Metrics: study.Metrics{"goal": v, "{F}{C}": -v}, Elapsed: time.Duration(i)*time.Hour + 1}))
	}
	must(store.HandBackTrial(t.Context(), l, "leaving"))
	_, l, err = store.ClaimTrial(t.Context(), s.ID, claim)
	must(err)
	_, err = store.FinishTrial(t.Context(), l, study.Outcome{State: study.Complete, Value: math.Copysign(0, -1)})
	must(err)
	_, err = store.FinishTrial(t.Context(), add(1), study.Outcome{State: study.Failed, Reason: "it broke"})
	must(err)
	must(store.AddMeasurement(t.Context(), add(2), study.Measurement{Metrics: study.Metrics{}})) // runs on
	_, err = store.EnqueueTrial(t.Context(), s.ID, study.Parameters{"x": 0, "fixed": 7}, 1)
	must(err)
	_, err = store.StopTrial(t.Context(), s.ID, 2, "too slow")
	must(err)
	return s
}

// contentOf is all that is kept of a study, but for its ID and name.
func contentOf(t *testing.T, from study.Source, s study.Study) []string {
	t.Helper()
	id := s.ID
	s.ID, s.Name = 0, ""
	all := []string{exact(t, s)}
	err := from.Histories(t.Context(), id, func(h study.History) error {
		if h.StudyID != id {
			t.Errorf("trial %d is of study %d, want %d", h.Number, h.StudyID, id)
		}
		h.StudyID = 0
		for i := range h.Measurements {
			if len(h.Measurements[i].Metrics) == 0 {
				h.Measurements[i].Metrics = nil // an empty map is none
			}
		}
		all = append(all, exact(t, h))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func exact(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCopiesCrossTheWire(t *testing.T) {
	s, other, file := serve(t), serve(t), laptop(t)
	original := lived(t, file)
	want := contentOf(t, file, original)
	c := s.client()
	pushed, err := study.Copy(t.Context(), file, original, c, "pushed")
	if err != nil {
		t.Fatal(err)
	}
	onward, err := study.Copy(t.Context(), c, pushed, other.client(), "onward")
	if err != nil {
		t.Fatal(err)
	}
	pulled, err := study.Copy(t.Context(), other.client(), onward, file, "pulled")
	if err != nil {
		t.Fatal(err)
	}
	for what, got := range map[string][]string{
		"at the server":        contentOf(t, s.store, pushed),
		"as the client has it": contentOf(t, c, pushed),
		"and back":             contentOf(t, file, pulled),
	} {
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", what, got, want)
		}
	}
	stored, err := s.store.Study(t.Context(), "pushed")
	if err != nil || exact(t, stored) != exact(t, pushed) {
		t.Errorf("got %+v, error %v, want %+v", stored, err, pushed)
	}
	_, err = study.Copy(t.Context(), file, original, c, "pushed")
	wantError(t, "a name that is taken", err, study.ErrExists)
	_, err = c.ImportStudy(t.Context(), original, func(func(study.History) error) error { return nil })
	if err != nil {
		t.Errorf("a study without trials: %v", err)
	}
}

func TestLongTrialsCrossTheWire(t *testing.T) {
	s, file := serve(t), laptop(t)
	at := time.UnixMicro(1_700_000_000_123_456).UTC()
	h := study.History{Trial: study.Trial{
		Parameters: study.Parameters{"x": 0, "fixed": 7}, State: study.Running, CreatedAt: at, Attempts: []study.Attempt{{Number: 1, StartedAt: at}}}}
	for epoch := range epochs {
		m := study.Measurement{Attempt: 1, Epoch: epoch, Metrics: study.Metrics{}, At: at}
		for i := range 19 {
			m.Metrics[fmt.Sprintf("information of antichain %d", i)] = 1 / float64(epoch+i+1)
		}
		h.Measurements = append(h.Measurements, m)
	}
	long := testStudy("long", 1)
	long.State, long.CreatedAt = study.StudyPaused, at
	made, err := file.ImportStudy(t.Context(), long, func(add func(study.History) error) error { return add(h) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := study.Copy(t.Context(), file, made, s.client(), "long"); err != nil {
		t.Error(err)
	}
}

// TestCopyIsNotDisturbed: workers that wait for any trial take those of the copy,
// but not before it has been compared.
func TestCopyIsNotDisturbed(t *testing.T) {
	s, file := serve(t), laptop(t)
	made, err := file.CreateStudy(t.Context(), testStudy("first", 9))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.EnqueueTrial(t.Context(), made.ID, study.Parameters{"x": 0, "fixed": 7}, 1); err != nil {
		t.Fatal(err)
	}
	const copies = 5
	var began atomic.Int32
	ctx, stop := context.WithCancel(t.Context())
	e := evaluator{epoch: func(_, epoch int) {
		if epoch == 0 && began.Add(1) == copies*9 {
			stop()
		}
	}}
	remote, err := client.NewWorker(ctx, s.client(), client.WorkerConfig{Worker: study.Worker{Name: "ada", Slots: 2}})
	if err != nil {
		t.Fatal(err)
	}
	worked := make(chan error, 1)
	go func() { worked <- worker.New(remote, e, worker.Config{Name: "ada", Slots: 2}).Run(ctx) }()
	for i := range copies {
		if _, err := study.Copy(t.Context(), file, made, s.client(), fmt.Sprintf("copy-%d", i)); err != nil {
			t.Error(err)
			stop()
		}
	}
	if err := <-worked; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestRenamedStudyGoesOn(t *testing.T) {
	for name, at := range map[string]string{"of one study": "first", "of any": ""} {
		t.Run(name, func(t *testing.T) {
			s := serve(t)
			made := s.create("first", 20)
			var renamed atomic.Bool
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			e := evaluator{epoch: func(trial, epoch int) {
				if trial >= 5 && epoch == 1 && renamed.CompareAndSwap(false, true) {
					if got, err := s.client().RenameStudy(t.Context(), made.ID, "second"); err != nil || got.Name != "second" {
						t.Errorf("got %+v, error %v, want it renamed", got, err)
					}
				}
				if trial == 19 && epoch == 2 && at == "" {
					time.AfterFunc(0, func() { s.untilCompleted(made.ID); stop() }) // such a worker would wait for more
				}
			}}
			remote, err := client.NewWorker(ctx, s.client(), client.WorkerConfig{Worker: study.Worker{Name: "ada", Slots: 4}, Study: at})
			if err != nil {
				t.Fatal(err)
			}
			err = worker.New(remote, e, worker.Config{Name: "ada", Slots: 4}).Run(ctx)
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			s.wantAllComplete("second", 20)
		})
	}
}

// untilCompleted returns when the study's events say so.
func (s *service) untilCompleted(id int64) {
	done := errors.New("completed")
	err := s.client().Watch(s.t.Context(), id, study.Watch{}, func(w study.Watched) error {
		if w.State == study.StudyCompleted {
			return done
		}
		return nil
	})
	if !errors.Is(err, done) {
		s.t.Error(err)
	}
}

// send imports what a client in any language may send.
func (s *service) send(parts ...*pb.ImportStudyRequest) (*pb.Study, error) {
	stream, err := s.rpc.ImportStudy(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, m := range parts {
		if stream.Send(m) != nil {
			break // the answer says why
		}
	}
	return stream.CloseAndRecv()
}

func studyPart(s study.Study, id string) *pb.ImportStudyRequest {
	return &pb.ImportStudyRequest{Part: &pb.ImportStudyRequest_Study{Study: wire.FromStudy(s)}, RequestId: id}
}

func historyPart(h *pb.History) *pb.ImportStudyRequest {
	return &pb.ImportStudyRequest{Part: &pb.ImportStudyRequest_History{History: h}}
}

// ended returns a study and the message of a trial of it that has finished.
func ended() (study.Study, *pb.History) {
	at := time.UnixMicro(1_700_000_000_000_001).UTC()
	s := testStudy("first", 3)
	s.State, s.CreatedAt = study.StudyPaused, at
	value := 0.5
	m := &pb.History{
		Trial: wire.FromTrial("first", study.Trial{
			State: study.Complete, Parameters: study.Parameters{"x": 0, "fixed": 7}, CreatedAt: at, FinishedAt: at, Rank: 1, Value: &value,
			Attempts: []study.Attempt{{Number: 1, Worker: "ada", StartedAt: at, EndedAt: at, Ended: "complete"}},
		}),
		Measurements: []*pb.Measurement{wire.FromMeasurement(study.Measurement{Attempt: 1, Value: 0.5, At: at})},
	}
	return s, m
}

func TestImportHappensOnce(t *testing.T) {
	s := serve(t)
	imported, trial := ended()
	first, err := s.send(studyPart(imported, "1"), historyPart(trial))
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.send(studyPart(imported, "1"), historyPart(trial))
	if err != nil || !proto.Equal(first, again) {
		t.Errorf("again: got %v and error %v, want %v", again, err, first)
	}
	_, err = s.send(studyPart(imported, "2"), historyPart(trial))
	wantError(t, "another request", wire.ToError(err), study.ErrExists)
	trial.Trial.Reason = "other"
	_, err = s.send(studyPart(imported, "1"), historyPart(trial))
	wantError(t, "the ID of another request", wire.ToError(err), study.ErrConflict)
}

// TestCutImportLeavesNothing: a line that breaks is no end of a study.
func TestCutImportLeavesNothing(t *testing.T) {
	s := serve(t)
	imported, trial := ended()
	ctx, cut := context.WithCancel(t.Context())
	stream, err := s.rpc.ImportStudy(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(stream.Send(studyPart(imported, "")), stream.Send(historyPart(trial))); err != nil {
		t.Fatal(err)
	}
	cut()
	// Not CloseAndRecv, which might still say in time that this was all.
	if err := stream.RecvMsg(new(pb.Study)); status.Code(err) != codes.Canceled {
		t.Errorf("got error %v, want %v", err, codes.Canceled)
	}
	s.stop() // and so waits for the call
	if all, err := s.store.Studies(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("got %v, error %v, want no study", all, err)
	}
}

func TestWrongImportsAreRefused(t *testing.T) {
	s := serve(t)
	for name, c := range map[string]struct {
		spoil  func(imported *study.Study, trial *pb.History, parts *[]*pb.ImportStudyRequest)
		fields []string
	}{
		"nothing": {func(_ *study.Study, _ *pb.History, parts *[]*pb.ImportStudyRequest) { *parts = nil }, []string{"study"}},
		"no study": {func(_ *study.Study, _ *pb.History, parts *[]*pb.ImportStudyRequest) { *parts = (*parts)[1:] },
			[]string{"study", "study.name", "study.budget", "study.spec.parameters", "study.spec.sampler.name", "study.spec.data_set.name"}},
		"a second study": {func(_ *study.Study, _ *pb.History, parts *[]*pb.ImportStudyRequest) {
			*parts = append(*parts, (*parts)[0])
		}, []string{"history"}},
		"no trial":       {func(_ *study.Study, m *pb.History, _ *[]*pb.ImportStudyRequest) { m.Trial = nil }, []string{"history.trial"}},
		"no state":       {func(s *study.Study, _ *pb.History, _ *[]*pb.ImportStudyRequest) { s.State = "" }, []string{"study.state"}},
		"no time":        {func(s *study.Study, _ *pb.History, _ *[]*pb.ImportStudyRequest) { s.CreatedAt = time.Time{} }, []string{"study.create_time"}},
		"a trial of 9":   {func(_ *study.Study, m *pb.History, _ *[]*pb.ImportStudyRequest) { m.Trial.Number = 9 }, []string{"trials[0]"}},
		"no trial state": {func(_ *study.Study, m *pb.History, _ *[]*pb.ImportStudyRequest) { m.Trial.State = 99 }, []string{"trials[0].state"}},
		"outside":        {func(_ *study.Study, m *pb.History, _ *[]*pb.ImportStudyRequest) { m.Trial.Parameters["x"] = 2 }, []string{"trials[0].parameters"}},
		"a gap in ranks": {func(_ *study.Study, m *pb.History, _ *[]*pb.ImportStudyRequest) { m.Trial.Rank = 2 }, []string{"trials"}},
		"nanoseconds": {func(_ *study.Study, m *pb.History, _ *[]*pb.ImportStudyRequest) { m.Trial.CreateTime.Nanos++ },
			[]string{"trials[0].create_time"}},
		"year 200000": {func(_ *study.Study, m *pb.History, _ *[]*pb.ImportStudyRequest) {
			m.Measurements[0].CreateTime.Seconds = 1 << 43
		}, []string{"trials[0].measurements[0].create_time"}},
		"an end without a time": {func(_ *study.Study, m *pb.History, _ *[]*pb.ImportStudyRequest) { m.Trial.Attempts[0].EndTime = nil },
			[]string{"trials[0].attempts[0].end_time"}},
		"an unknown end": {func(_ *study.Study, m *pb.History, _ *[]*pb.ImportStudyRequest) { m.Trial.Attempts[0].Ended = "sold" },
			[]string{"trials[0]"}},
		"an epoch twice": {func(_ *study.Study, m *pb.History, _ *[]*pb.ImportStudyRequest) {
			m.Measurements = append(m.Measurements, m.GetMeasurements()[0])
		}, []string{"trials[0]"}},
	} {
		t.Run(name, func(t *testing.T) {
			imported, trial := ended()
			parts := []*pb.ImportStudyRequest{nil, historyPart(trial)}
			c.spoil(&imported, trial, &parts)
			if len(parts) > 0 && parts[0] == nil {
				parts[0] = studyPart(imported, "")
			}
			if n := len(parts); n > 0 && parts[n-1] == nil {
				parts[n-1] = studyPart(imported, "")
			}
			_, err := s.send(parts...)
			if got := violated(err); status.Code(err) != codes.InvalidArgument || !slices.Equal(got, c.fields) {
				t.Errorf("got %v with fields %q, want %q", err, got, c.fields)
			}
		})
	}
	if all, err := s.store.Studies(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("got %v, error %v, want no study", all, err)
	}
}
