package study

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func valid() Study {
	return Study{
		Name: "mnist-cmaes.1", Budget: Budget{Trials: 1},
		Spec: Spec{Space: Space{{Name: "a", Low: -1, High: 1}}, Sampler: Sampler{Name: "cmaes"}},
	}
}

func TestStudyValidate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(s *Study)
		error  string
	}{
		{"valid", func(*Study) {}, ""},
		{"the longest name", func(s *Study) { s.Name = strings.Repeat("x", 100) }, ""},
		{"no name", func(s *Study) { s.Name = "" }, "study name"},
		{"a longer name", func(s *Study) { s.Name = strings.Repeat("x", 101) }, "study name"},
		{"a name that starts with a dot", func(s *Study) { s.Name = ".." }, "study name"},
		{"a name with a slash", func(s *Study) { s.Name = "a/b" }, "study name"},
		{"a name of two lines", func(s *Study) { s.Name = "a\n" }, "study name"},
		{"no trials", func(s *Study) { s.Budget.Trials = 0 }, "trials 0"},
		{"no sampler", func(s *Study) { s.Spec.Sampler.Name = "" }, "sampler"},
		{"no space", func(s *Study) { s.Spec.Space = nil }, "space: no parameter"},
		{"an objective that is not JSON", func(s *Study) { s.Spec.Objective = json.RawMessage(`{"a":`) }, "objective: not valid JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := valid()
			c.change(&s)
			wantError(t, s.Validate(), c.error)
		})
	}
}

// A specification that can be read reads back as it is written.
func FuzzSpec(f *testing.F) {
	f.Add([]byte(`{"space":[{"name":"a","low":-1,"high":1}],"sampler":{"name":"tpe","seed":18446744073709551615},` +
		`"trainer_seed":7,"data_set":{"name":"digits","images":60000,"hash":"c0ffee"},"objective":{"epochs":40,"rate":0.10}}`))
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"objective":null}`))
	f.Add([]byte(`{"sampler":{"seed":-1}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Spec
		if json.Unmarshal(data, &s) != nil {
			return
		}
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var again Spec
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatalf("%s does not read back: %v", text, err)
		}
		twice, err := json.Marshal(again)
		if err != nil || !bytes.Equal(twice, text) {
			t.Errorf("got %s, error %v, want %s", twice, err, text)
		}
		s.Objective, again.Objective = nil, nil
		if len(s.Space) > 0 && !reflect.DeepEqual(again, s) {
			t.Errorf("got %+v, want %+v", again, s)
		}
	})
}
