package storetest

import (
	"math"
	"time"

	"github.com/goal-search/goal-search/study"
)

// measurement is what a worker reports of an epoch; attempt and time are the
// store's to say.
func measurement(epoch int) study.Measurement {
	return study.Measurement{
		Epoch: epoch, Value: 1 - 1/float64(epoch+3), Elapsed: time.Duration(epoch)*time.Second + 1,
		Metrics: study.Metrics{"goal": 1 / float64(epoch+7), "{1}{2}": 0.25},
	}
}

// stored is m as the store returns it.
func stored(m study.Measurement, attempt int, at time.Time) study.Measurement {
	m.Attempt, m.At = attempt, at
	return m
}

var measurementRules = []rule{
	{"what was reported is returned by attempt and epoch, with the store's time", func(f *fixture) {
		s := f.create("first", 10)
		_, first := f.add(s, 0)
		var want []study.Measurement
		for _, epoch := range []int{0, 2, 1, 10} { // not in order, with gaps
			f.must(f.Store.AddMeasurement(f.Context(), first, measurement(epoch)))
		}
		for _, epoch := range []int{0, 1, 2, 10} {
			want = append(want, stored(measurement(epoch), 1, s.CreatedAt))
		}
		f.Advance(ttl)
		_, second := f.claim(s, "bob")
		f.must(f.Store.AddMeasurement(f.Context(), second, measurement(0)))
		want = append(want, stored(measurement(0), 2, s.CreatedAt.Add(ttl)))
		f.same("measurements", f.measurements(s, 0), want)
	}},
	{"the attempt is the lease's, whatever the measurement says", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		m := stored(measurement(0), 7, time.Unix(0, 0))
		f.must(f.Store.AddMeasurement(f.Context(), l, m))
		f.same("measurements", f.measurements(s, 0), []study.Measurement{stored(m, 1, s.CreatedAt)})
	}},
	{"repeating the same measurement is harmless", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		strange := study.Measurement{Value: math.NaN(), Metrics: study.Metrics{"a": math.NaN(), "b": math.Copysign(0, -1)}}
		f.must(f.Store.AddMeasurement(f.Context(), l, strange))
		f.Advance(time.Second)
		f.must(f.Store.AddMeasurement(f.Context(), l, strange))
		f.same("measurements", f.measurements(s, 0), []study.Measurement{stored(strange, 1, s.CreatedAt)})
	}},
	{"another measurement for the same epoch is ErrConflict, and the first one stays", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		f.must(f.Store.AddMeasurement(f.Context(), l, measurement(3)))
		for _, change := range []func(m *study.Measurement){
			func(m *study.Measurement) { m.Value = math.Nextafter(m.Value, 2) },
			func(m *study.Measurement) { m.Value = math.NaN() },
			func(m *study.Measurement) { m.Metrics = nil },
			func(m *study.Measurement) { m.Metrics["goal"] = math.Copysign(0, -1) },
			func(m *study.Measurement) { m.Metrics["more"] = 0 },
			func(m *study.Measurement) { m.Elapsed++ },
		} {
			m := measurement(3)
			change(&m)
			f.fails("report", f.Store.AddMeasurement(f.Context(), l, m), study.ErrConflict)
		}
		f.same("measurements", f.measurements(s, 0), []study.Measurement{stored(measurement(3), 1, s.CreatedAt)})
	}},
	{"a report renews the lease by the ttl that was last given", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		for epoch := range 3 {
			f.Advance(ttl - time.Microsecond)
			f.must(f.Store.AddMeasurement(f.Context(), l, measurement(epoch)))
			_, _, err := f.Store.ClaimTrial(f.Context(), s.ID, claim("bob"))
			f.fails("claim", err, study.ErrNoTrial)
		}
		_, err := f.Store.RenewLease(f.Context(), l, 3*ttl)
		f.must(err)
		f.must(f.Store.AddMeasurement(f.Context(), l, measurement(2))) // repeated: the holder lives
		f.Advance(3*ttl - time.Microsecond)
		_, _, err = f.Store.ClaimTrial(f.Context(), s.ID, claim("bob"))
		f.fails("claim", err, study.ErrNoTrial)
		f.Advance(time.Microsecond)
		f.claim(s, "bob")
	}},
	{"numbers read back bit for bit, finite or not", func(f *fixture) {
		numbers := []float64{
			0, math.Copysign(0, -1), 1, -1, 1.0 / 3, 1e23, math.SmallestNonzeroFloat64, math.MaxFloat64,
			2.2250738585072011e-308, math.Nextafter(1, 2), 1 << 53, math.Inf(1), math.Inf(-1), math.NaN(),
		}
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		for epoch, v := range numbers {
			m := study.Measurement{Epoch: epoch, Value: v, Metrics: study.Metrics{"v": v}}
			f.must(f.Store.AddMeasurement(f.Context(), l, m))
		}
		for epoch, m := range f.measurements(s, 0) {
			for _, got := range []float64{m.Value, m.Metrics["v"]} {
				if want := numbers[epoch]; math.Float64bits(got) != math.Float64bits(want) && (got == got || want == want) {
					f.Errorf("got %g, want %g", got, want)
				}
			}
		}
		f.same("measurements", len(f.measurements(s, 0)), len(numbers))
	}},
	{"a negative epoch is refused", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		if err := f.Store.AddMeasurement(f.Context(), l, measurement(-1)); err == nil {
			f.Error("epoch -1 was stored")
		}
	}},
	{"after the end a report is ErrLeaseLost", func(f *fixture) {
		s := f.create("first", 10)
		_, l := f.add(s, 0)
		f.must(f.Store.AddMeasurement(f.Context(), l, measurement(0)))
		f.finish(l, complete(1))
		for epoch := range 2 {
			f.fails("report", f.Store.AddMeasurement(f.Context(), l, measurement(epoch)), study.ErrLeaseLost)
		}
		f.same("measurements", len(f.measurements(s, 0)), 1)
	}},
	{"a trial without measurements has none, an unknown one is ErrNotFound", func(f *fixture) {
		s := f.create("first", 10)
		f.add(s, 0)
		f.same("measurements", len(f.measurements(s, 0)), 0)
		_, err := f.Store.Measurements(f.Context(), s.ID, 1)
		f.fails("unknown number", err, study.ErrNotFound)
		_, err = f.Store.Measurements(f.Context(), 999, 0)
		f.fails("unknown study", err, study.ErrNotFound)
	}},
}
