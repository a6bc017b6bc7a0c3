package study

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestParameterValidate(t *testing.T) {
	for _, c := range []struct {
		name  string
		p     Parameter
		error string // part of it; "": valid
	}{
		{"a range", Parameter{Name: "a", Low: -1, High: 1}, ""},
		{"fixed", Parameter{Name: "a", Low: 2, High: 2}, ""},
		{"logarithmic", Parameter{Name: "a", Low: 1e-9, High: 1, Log: true}, ""},
		{"whole numbers", Parameter{Name: "a", Low: -3, High: 7, Integer: true}, ""},
		{"no name", Parameter{Low: -1, High: 1}, "no name"},
		{"a name that is not UTF-8", Parameter{Name: "a\xff", Low: -1, High: 1}, "UTF-8"},
		{"NaN", Parameter{Name: "a", Low: math.NaN(), High: 1}, "not finite"},
		{"infinite", Parameter{Name: "a", Low: 0, High: math.Inf(1)}, "not finite"},
		{"empty", Parameter{Name: "a", Low: 1, High: -1}, "empty"},
		{"logarithm of 0", Parameter{Name: "a", Low: 0, High: 1, Log: true}, "above 0"},
		{"broken ends", Parameter{Name: "a", Low: 0.5, High: 2, Integer: true}, "whole ends"},
	} {
		t.Run(c.name, func(t *testing.T) { wantError(t, c.p.Validate(), c.error) })
	}
}

func TestSpaceValidate(t *testing.T) {
	free, fixed := Parameter{Name: "a", Low: -1, High: 1}, Parameter{Name: "b"}
	for _, c := range []struct {
		name  string
		s     Space
		error string
	}{
		{"free and fixed", Space{free, fixed}, ""},
		{"nothing", nil, "no parameter to search"},
		{"only fixed", Space{fixed}, "all 1 are fixed"},
		{"twice", Space{free, fixed, free}, "a: named twice"},
		{"a bad one", Space{free, {Name: "c", Low: 1}}, "c: range"},
	} {
		t.Run(c.name, func(t *testing.T) { wantError(t, c.s.Validate(), c.error) })
	}
}

func TestSpaceCheck(t *testing.T) {
	s := Space{{Name: "a", Low: -1, High: 1}, {Name: "b", Low: 3, High: 3}, {Name: "n", Low: 1, High: 4, Integer: true}}
	for _, c := range []struct {
		name  string
		point Parameters
		error string
	}{
		{"inside", Parameters{"a": 0.5, "b": 3, "n": 2}, ""},
		{"both ends", Parameters{"a": -1, "b": 3, "n": 4}, ""},
		{"missing", Parameters{"a": 0.5, "n": 2}, "b is missing"},
		{"outside", Parameters{"a": 1.5, "b": 3, "n": 2}, "a = 1.5 lies outside [-1, 1]"},
		{"NaN", Parameters{"a": math.NaN(), "b": 3, "n": 2}, "outside"},
		{"not whole", Parameters{"a": 0, "b": 3, "n": 2.5}, "n = 2.5 lies outside"},
		{"one more", Parameters{"a": 0.5, "b": 3, "n": 2, "x": 0}, "4 parameters, want 3"},
	} {
		t.Run(c.name, func(t *testing.T) { wantError(t, s.Check(c.point), c.error) })
	}
}

func TestSpaceComplete(t *testing.T) {
	s := Space{{Name: "a", Low: -1, High: 1}, {Name: "b", Low: 3, High: 3}}
	searched := Parameters{"a": 0.5}
	got := s.Complete(searched)
	if err := s.Check(got); err != nil || got["b"] != 3 || len(searched) != 1 {
		t.Errorf("got %v, error %v, from %v, want b filled in and the argument untouched", got, err, searched)
	}
	if free := s.Free(); len(free) != 1 || free[0].Name != "a" {
		t.Errorf("got %v, want only a to be free", free)
	}
}

// wantError checks that err contains part, or that there is none.
func wantError(t *testing.T, err error, part string) {
	t.Helper()
	if part == "" && err != nil || part != "" && (err == nil || !strings.Contains(err.Error(), part)) {
		t.Errorf("got error %v, want one with %q", err, part)
	}
}

// A space that is valid has a point in it, and survives its JSON.
func FuzzSpace(f *testing.F) {
	f.Add([]byte(`[{"name":"a","low":-1,"high":1},{"name":"b","low":0,"high":0}]`))
	f.Add([]byte(`[{"name":"a","low":1e-5,"high":0.1,"log":true},{"name":"n","low":1,"high":400,"integer":true}]`))
	f.Add([]byte(`[{"name":"a","low":-1.7976931348623157e308,"high":1.7976931348623157e308}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Space
		if json.Unmarshal(data, &s) != nil || s.Validate() != nil {
			return
		}
		lowest, highest := make(Parameters), make(Parameters)
		for _, p := range s.Free() {
			lowest[p.Name], highest[p.Name] = p.Low, p.High
		}
		for _, point := range []Parameters{lowest, highest} {
			if err := s.Check(s.Complete(point)); err != nil {
				t.Errorf("an end of a valid space: %v", err)
			}
		}
		var again Space
		text, err := json.Marshal(s)
		if err != nil || json.Unmarshal(text, &again) != nil || len(again) != len(s) {
			t.Fatalf("%s does not survive: %v", text, err)
		}
		for i := range s {
			if again[i] != s[i] {
				t.Errorf("got %+v, want %+v", again[i], s[i])
			}
		}
	})
}
