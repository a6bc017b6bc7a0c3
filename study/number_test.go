package study

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

func TestMeasurementJSON(t *testing.T) {
	for _, v := range []float64{
		0, math.Copysign(0, -1), 1.0 / 3, 1e23, math.MaxFloat64, math.SmallestNonzeroFloat64,
		math.NaN(), math.Inf(1), math.Inf(-1),
	} {
		want := Measurement{
			Attempt: 2, Epoch: 3, Value: v, Metrics: Metrics{"v": v}, Elapsed: time.Second,
			At: time.Date(2025, 3, 1, 12, 0, 0, 123456000, time.UTC),
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Measurement
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !same(got.Value, v) || !same(got.Metrics["v"], v) || len(got.Metrics) != 1 {
			t.Errorf("got %+v, want %+v", got, want)
		}
		got.Value, want.Value, got.Metrics, want.Metrics = 0, 0, nil, nil
		if got.Attempt != want.Attempt || got.Epoch != want.Epoch || got.Elapsed != want.Elapsed || !got.At.Equal(want.At) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestMeasurementJSONText(t *testing.T) {
	m := Measurement{Epoch: 1, Value: math.NaN(), Metrics: Metrics{"b": math.Inf(-1), "a": 0.1}}
	got, err := json.Marshal(m)
	want := `{"attempt":0,"epoch":1,"value":"NaN","metrics":{"a":0.1,"b":"-Infinity"},"elapsed":0,"at":"0001-01-01T00:00:00Z"}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, error %v, want %s", got, err, want)
	}
}

func TestMetricsNil(t *testing.T) {
	got, err := json.Marshal(Metrics(nil))
	if err != nil || string(got) != "null" {
		t.Errorf("got %s, error %v, want null", got, err)
	}
	m := Metrics{"a": 1}
	if err := json.Unmarshal([]byte("null"), &m); err != nil || m != nil {
		t.Errorf("got %v, error %v, want nil", m, err)
	}
}

func TestMeasurementValidate(t *testing.T) {
	wantError(t, Measurement{Value: math.NaN(), Metrics: Metrics{"a": math.Inf(1)}}.Validate(), "")
	wantError(t, Measurement{Epoch: -1}.Validate(), "epoch -1")
	wantError(t, Measurement{Metrics: Metrics{"a\xff": 1}}.Validate(), "UTF-8")
}

func FuzzMetrics(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"b":"NaN","c":-0,"d":1e-320}`, `null`, `{}`, `{"a":null}`, `{"a":"Inf"}`, `{"a":1e999}`, `{"a":0x10}`, `{"a":true}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var m Metrics
		if json.Unmarshal(data, &m) != nil {
			return
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var again Metrics
		if err := json.Unmarshal(text, &again); err != nil || len(again) != len(m) {
			t.Fatalf("%s does not survive: %v", text, err)
		}
		for name, v := range m {
			if !same(again[name], v) {
				t.Errorf("%q: got %g, want %g", name, again[name], v)
			}
		}
	})
}
