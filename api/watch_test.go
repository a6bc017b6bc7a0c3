package api_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/goal-search/goal-search/api/client"
	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

func TestWatchMissesNothing(t *testing.T) {
	s := serve(t)
	made := s.create("first", 3)
	done := errors.New("seen enough")
	var seen []int64
	watched := make(chan error, 1)
	go func() {
		watched <- s.client().Watch(t.Context(), made.ID, study.Watch{}, func(w study.Watched) error {
			if seen = append(seen, w.Number); len(seen) == 4 {
				s.stop() // in the middle of the stream
				s.start(s.address)
			}
			if w.State == study.StudyCompleted {
				return done
			}
			return nil
		})
	}()
	if err := s.work(evaluator{}, client.WorkerConfig{Worker: study.Worker{Name: "ada"}, Study: "first"}); err != nil {
		t.Fatal(err)
	}
	if err := <-watched; !errors.Is(err, done) {
		t.Fatal(err)
	}
	for i, number := range seen {
		if number != int64(i+1) {
			t.Fatalf("got events %v, want 1, 2, 3, …", seen)
		}
	}
	const perTrial = 6 // created, started, three epochs, finished
	if len(seen) < 3*perTrial+1 {
		t.Errorf("got %d events, want at least %d", len(seen), 3*perTrial+1)
	}
	last, err := s.store.LastEvent(t.Context(), made.ID)
	if err != nil || last != int64(len(seen)) {
		t.Errorf("saw %d events of %d, error %v", len(seen), last, err)
	}
}

func TestWatchGivesWhatIsWanted(t *testing.T) {
	s := serve(t)
	made := s.create("first", 5)
	for i := range 3 { // four events each
		lease := s.take("first", fmt.Sprint("ada/", i)).GetLease()
		if _, err := s.rpc.AddTrialMeasurement(t.Context(), &pb.AddTrialMeasurementRequest{Lease: lease, Measurement: &pb.Measurement{Value: 1}}); err != nil {
			t.Fatal(err)
		}
		s.complete(lease, 1)
	}
	one := 1
	for _, c := range []struct {
		watch study.Watch
		want  string
	}{
		{study.Watch{}, "[1 2 3 4 5 6 7 8 9 10 11 12]"},
		{study.Watch{EventFilter: study.EventFilter{After: 10}}, "[11 12]"},
		{study.Watch{EventFilter: study.EventFilter{After: -1}}, "[]"},
		{study.Watch{EventFilter: study.EventFilter{Trial: &one}}, "[5 6 7 8]"},
		{study.Watch{EventFilter: study.EventFilter{Trial: &one, SkipMeasurements: true}, Tail: 2}, "[6 8]"},
		{study.Watch{MaxAge: time.Hour, Tail: 1}, "[12]"},
		{study.Watch{MaxAge: time.Microsecond}, "[]"},
	} {
		c.watch.UntilNow = true
		var got []int64
		err := s.client().Watch(t.Context(), made.ID, c.watch, func(w study.Watched) error {
			got = append(got, w.Number)
			if worker := fmt.Sprint("ada/", w.Trial); w.Attempt > 0 && w.TrialNow.Attempts[w.Attempt-1].Worker != worker {
				t.Errorf("event %d is about attempt %d of %+v, want %s's", w.Number, w.Attempt, w.TrialNow, worker)
			}
			return nil
		})
		if err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("%+v: got %v, error %v, want %s", c.watch, got, err, c.want)
		}
	}
}
