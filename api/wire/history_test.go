package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"testing"

	"google.golang.org/protobuf/proto"

	pb "github.com/goal-search/goal-search/proto/goalsearch/v1"
	"github.com/goal-search/goal-search/study"
)

// exact is v as text that differs wherever v does, but for a NaN's payload.
func exact(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// cross takes a message over a wire.
func cross[M proto.Message](t *testing.T, m M, to M) M {
	t.Helper()
	data, err := proto.Marshal(m)
	if err == nil {
		err = proto.Unmarshal(data, to)
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// FuzzRoundTrip: a study and a history that cross a wire are what they were,
// in every field.
func FuzzRoundTrip(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		fill := newFiller(seed)
		var s study.Study
		fill.fill(&s)
		s.Name = "first"
		finite(s.Budget.Target) // JSON has no others here
		for i := range s.Spec.Space {
			finite(&s.Spec.Space[i].Low)
			finite(&s.Spec.Space[i].High)
		}
		if got, want := exact(t, ToStudy(cross(t, FromStudy(s), &pb.Study{}))), exact(t, s); got != want {
			t.Errorf("study:\n got %s\nwant %s", got, want)
		}
		var h study.History
		fill.fill(&h)
		finite(h.Value)
		for name, v := range h.Parameters {
			finite(&v)
			h.Parameters[name] = v
		}
		got := through(t, h)
		if got, want := exact(t, got), exact(t, h); got != want {
			t.Errorf("history:\n got %s\nwant %s", got, want)
		}
		for i, m := range got.Measurements {
			if want := h.Measurements[i]; math.Signbit(m.Value) != math.Signbit(want.Value) {
				t.Errorf("epoch %d: got %g, want %g", m.Epoch, m.Value, want.Value)
			}
		}
	})
}

func finite(v *float64) {
	if math.IsNaN(*v) || math.IsInf(*v, 0) {
		*v = math.Copysign(0, -1)
	}
}

// through takes a history over a wire, by way of a spool.
func through(t *testing.T, all ...study.History) study.History {
	t.Helper()
	spool := spoolOf(t, all...)
	var got []study.History
	err := spool.Histories(func(h study.History) error {
		h.StudyID = all[len(got)].StudyID
		got = append(got, h)
		return nil
	})
	if err != nil || len(got) != len(all) {
		t.Fatalf("got %d trials and error %v, want %d", len(got), err, len(all))
	}
	return got[0]
}

func spoolOf(t *testing.T, all ...study.History) *Spool {
	t.Helper()
	spool, err := NewSpool()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := spool.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, h := range all {
		if err := spool.AddHistory("first", h); err != nil {
			t.Fatal(err)
		}
	}
	return spool
}

// long returns a trial of many epochs, some megabytes in all.
func long(number int) study.History {
	h := study.History{Trial: study.Trial{Number: number}}
	for epoch := range 4000 {
		m := study.Measurement{Attempt: 1, Epoch: epoch, Metrics: study.Metrics{}}
		for i := range 19 {
			m.Metrics[fmt.Sprintf("information %d", i)] = 1 / float64(epoch+i+1)
		}
		h.Measurements = append(h.Measurements, m)
	}
	return h
}

func TestLongTrialsAreSplit(t *testing.T) {
	all := []study.History{long(0), {Trial: study.Trial{Number: 1}}, long(2)}
	spool := spoolOf(t, all...)
	parts := 0
	if err := spool.Each(func(m *pb.History) error {
		if parts++; proto.Size(m) > PartMax+PartMax/8 {
			t.Errorf("a message of %d bytes", proto.Size(m))
		}
		return nil
	}); err != nil || parts < 5 {
		t.Errorf("got %d messages and error %v, want two or more for each long trial", parts, err)
	}
	if got := through(t, all...); !reflect.DeepEqual(got, all[0]) {
		t.Error("a long trial is not what it was")
	}
}

// TestSpoolBeginsAnew: what was added is given as often as it is asked for, and
// has the same hash when it is added again.
func TestSpoolBeginsAnew(t *testing.T) {
	spool := spoolOf(t, long(0))
	sum, err := spool.Sum()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(spool.Reset(), spool.AddHistory("first", long(1)), spool.Reset()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := spool.Each(func(*pb.History) error { return errors.New("not empty") }); err != nil {
			t.Error(err)
		}
	}
	if err := spool.AddHistory("first", long(0)); err != nil {
		t.Fatal(err)
	}
	if again, err := spool.Sum(); err != nil || again != sum {
		t.Errorf("got hash %s and error %v, want %s", again, err, sum)
	}
	stopped := errors.New("enough")
	if err := spool.Histories(func(study.History) error { return stopped }); !errors.Is(err, stopped) {
		t.Errorf("got error %v, want %v", err, stopped)
	}
}

func TestSpoolIsBounded(t *testing.T) {
	more := &pb.History{Measurements: []*pb.Measurement{{Epoch: 1}}}
	spool := spoolOf(t, study.History{})
	spool.trial = trialMax
	if err := spool.Add(more); !errors.Is(err, study.ErrTooLarge) {
		t.Errorf("a trial: got error %v, want %v", err, study.ErrTooLarge)
	}
	if err := spool.AddHistory("first", study.History{}); err != nil {
		t.Errorf("the next trial: %v", err)
	}
	spool.size = spoolMax
	if err := spool.Add(more); !errors.Is(err, study.ErrTooLarge) {
		t.Errorf("a study: got error %v, want %v", err, study.ErrTooLarge)
	}
}

func TestMeasurementsNeedATrial(t *testing.T) {
	parts := []*pb.History{{Measurements: []*pb.Measurement{{}}}}
	err := ReceiveHistories(func() (*pb.History, error) {
		if len(parts) == 0 {
			return nil, io.EOF
		}
		first := parts[0]
		parts = parts[1:]
		return first, nil
	}, func(study.History) error { t.Error("a history without a trial"); return nil })
	if err == nil {
		t.Error("measurements came before a trial")
	}
}
