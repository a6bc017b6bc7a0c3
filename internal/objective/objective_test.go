package objective

import (
	"strings"
	"testing"

	"github.com/goal-search/goal-search/internal/vectors"
	"github.com/goal-search/goal-search/pid"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
)

func specOf(t *testing.T, sampler string) study.Spec {
	t.Helper()
	space, err := PublishedSpace("setup1", sampler)
	if err != nil {
		t.Fatal(err)
	}
	config, err := EncodeConfig(trainer.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	return study.Spec{Space: space, Sampler: study.Sampler{Name: sampler}, Objective: config}
}

func TestPublishedSpace(t *testing.T) {
	for sampler, free := range map[string]int{"tpe": 19, "random": 19, "cmaes": 18} {
		spec := specOf(t, sampler)
		if got := len(spec.Space.Free()); got != free || len(spec.Space) != 19 {
			t.Errorf("%s: %d free of %d parameters, want %d of 19", sampler, got, len(spec.Space), free)
		}
		if err := Validate(spec); err != nil {
			t.Errorf("%s: %v", sampler, err)
		}
	}
}

func TestGammaNamesInTheGoalsOrder(t *testing.T) {
	var reference struct {
		Order []string `json:"order_19"`
	}
	vectors.Load(t, "goals.json", &reference)
	names, err := GammaNames("setup1")
	if err != nil {
		t.Fatal(err)
	}
	letters := strings.NewReplacer("1", "F", "2", "C", "3", "L", "H_res", "res")
	for i, term := range reference.Order {
		if want := "gamma_" + letters.Replace(term); names[i] != want {
			t.Errorf("name %d is %s, want %s", i, names[i], want)
		}
	}
}

func TestResolve(t *testing.T) {
	for name, want := range map[string]string{
		"gamma_{F}{C}": "gamma_{F}{C}",
		"{C}{F}":       "gamma_{F}{C}",
		"{3}{21}":      "gamma_{L}{FC}",
		"res":          "gamma_res",
		"H_res":        "gamma_res",
		"hidden":       "hidden",
	} {
		if got, err := Resolve("setup1", name); got != want || err != nil {
			t.Errorf("Resolve(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"", "gamma", "gamma_{F}{FC}", "seed", "{X}"} {
		if got, err := Resolve("setup1", name); err == nil || !strings.Contains(err.Error(), "gamma_{F}{C}{L}, ") {
			t.Errorf("Resolve(%q) = %q, %v; want an error with the valid names", name, got, err)
		}
	}
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	cases := map[string]struct {
		parameter study.Parameter
		want      string
	}{
		"unknown name":         {study.Parameter{Name: "gama", Low: 0, High: 1}, "gama"},
		"other spelling":       {study.Parameter{Name: "{C}{F}", Low: 0, High: 1}, "gamma_{F}{C}"},
		"not whole":            {study.Parameter{Name: "hidden", Low: 1, High: 5}, "hidden"},
		"the trainer says no":  {study.Parameter{Name: "learning_rate", Low: -1, High: 1}, "learning_rate"},
		"the lower end is bad": {study.Parameter{Name: "hidden", Low: 0, High: 5, Integer: true}, "hidden"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			spec := specOf(t, "tpe")
			spec.Space = With(spec.Space, c.parameter)
			if err := Validate(spec); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one about %q", err, c.want)
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		spec := specOf(t, "tpe")
		spec.Space = spec.Space[1:]
		if err := Validate(spec); err == nil || !strings.Contains(err.Error(), "gamma_{F}{C}{L} is missing") {
			t.Errorf("error %v, want one about gamma_{F}{C}{L}", err)
		}
	})
}

func TestConfigOf(t *testing.T) {
	spec := specOf(t, "tpe")
	point := study.Parameters{"learning_rate": 0.01, "hidden": 7}
	names, _ := GammaNames("setup1")
	for i, name := range names {
		point[name] = float64(i) / 100
	}
	got, err := ConfigOf(spec, study.Trial{Parameters: point, Seed: 12})
	if err != nil {
		t.Fatal(err)
	}
	if got.Seed != 12 || got.LearningRate != 0.01 || got.Hidden != 7 || got.BatchSize != trainer.DefaultConfig().BatchSize {
		t.Errorf("configuration %+v", got)
	}
	for i, gamma := range got.Goal {
		if gamma != float64(i)/100 {
			t.Errorf("goal[%d] = %g", i, gamma)
		}
	}
	point["hidden"] = 7.5
	if _, err := ConfigOf(spec, study.Trial{Parameters: point}); err == nil {
		t.Error("7.5 hidden neurons were accepted")
	}
}

func TestDecodeConfigRefusesUnknownFields(t *testing.T) {
	if _, err := DecodeConfig([]byte(`{"network":"setup1","momentum":0.9}`)); err == nil || !strings.Contains(err.Error(), "momentum") {
		t.Errorf("error %v, want one about momentum", err)
	}
}

// The four parameters of Table 3 get the words of Table 3.
func TestAimsOfTable3(t *testing.T) {
	goal := make([]float64, pid.Trivariate.Terms())
	goal[0], goal[1], goal[2], goal[11] = 0.33, 0.98, -0.99, -0.97
	aims, err := Aims("setup1", goal, 5)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"{F}{L} strongly minimise", "{F}{C} strongly maximise", "{FC}{FL} strongly minimise", "{F}{C}{L} moderately maximise"}
	if len(aims) != len(want) {
		t.Fatalf("%d aims, want %d: %v", len(aims), len(want), aims)
	}
	for i, a := range aims {
		if got := a.Term + " " + a.Strength + " " + a.Direction; got != want[i] {
			t.Errorf("aim %d: %s, want %s", i, got, want[i])
		}
	}
	if s := Sentence(aims); !strings.HasPrefix(s, "A neuron should (i) strongly minimise information that is redundant with other neurons") {
		t.Errorf("sentence %q", s)
	}
}

func TestEveryTermHasWords(t *testing.T) {
	for letters, words := range information {
		l, err := pid.LatticeOf(len(letters))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range l.TermNames(letters) {
			if words[name] == "" {
				t.Errorf("%s: no words for %s", letters, name)
			}
		}
		if len(words) != l.Terms() {
			t.Errorf("%s: words for %d terms, want %d", letters, len(words), l.Terms())
		}
	}
}
